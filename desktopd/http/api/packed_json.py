"""A long list as JSON, kept packed until it is sent: a client may take as long as it likes.

Tested by tests/unit/http/api/test_files.py.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

AT_ONCE = 1000
"""Items that are there as objects at one moment."""
PIECE = 65_536


class PackedJson:
    """The object `facts` with one more member `name`, the list of `items`; `size` in bytes."""

    def __init__(self, facts: Mapping[str, Any], name: str, items: Iterable[object]) -> None:
        self.size = 0
        pack = zlib.compressobj(1)
        packed = bytearray()
        for part in _parts(facts, name, iter(items)):
            self.size += len(part)
            packed += pack.compress(part)
        self._packed = bytes(packed + pack.flush())

    def pieces(self) -> Generator[bytes, None, None]:
        """The text in UTF-8, some of it at a time."""
        unpack, rest = zlib.decompressobj(), self._packed
        while piece := unpack.decompress(rest, PIECE):
            yield piece
            rest = unpack.unconsumed_tail


def _parts(facts: Mapping[str, Any], name: str, items: Iterator[object]) -> Iterator[bytes]:
    yield json.dumps(facts)[:-1].encode() + f', "{name}": ['.encode()
    before = b""
    while some := list(islice(items, AT_ONCE)):
        yield before + json.dumps(some)[1:-1].encode()
        before = b", "
    yield b"]}"
