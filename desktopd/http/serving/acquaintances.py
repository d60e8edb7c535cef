"""Who has been let in before, known again by the header that let him in, before it is checked."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Hashable, Iterator

KEPT = 256
LOOKED_AT = 16_384
"""Bytes of a request in which its header is looked for."""
_NAMES = b"\nauthorization:", b"\ncookie:"


class Acquaintances:
    """The last KEPT headers by which somebody came in, as digests.

    Whoever shows one of them is served beside strangers, and nothing else depends on it. All that
    let one person in are one: he may have come by any number of cookies.
    """

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._digests: OrderedDict[bytes, Hashable] = OrderedDict()

    def remember(self, value: bytes, who: Hashable) -> None:
        """Somebody has been let in by this value of ``Cookie`` or ``Authorization``."""
        digest = self._digest(value)
        self._digests[digest] = who
        self._digests.move_to_end(digest)
        if len(self._digests) > KEPT:
            self._digests.popitem(last=False)

    def known(self, request: bytes) -> Hashable | None:
        """Who shows one of them in a request, as that comes from the network; None for nobody."""
        digests = map(self._digest, _shown(request[:LOOKED_AT]))
        return next((self._digests[one] for one in digests if one in self._digests), None)

    def _digest(self, value: bytes) -> bytes:
        return hashlib.sha256(self._salt + value).digest()


def _shown(request: bytes) -> Iterator[bytes]:
    """The first value of each name, as the application takes it: of further ones nobody asks.

    A stranger chooses the bytes, and a thousand of them may be heard before anybody has his turn.
    """
    lower = request.lower()
    for name in _NAMES:
        begin = lower.find(name) + len(name)
        if begin >= len(name):
            value, _, _ = request[begin:].partition(b"\n")
            yield value.strip(b" \t\r")
