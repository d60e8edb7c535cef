"""What comes by a companion's socket: lines of JSON, of which none costs more than a large picture.

Whoever is in the application's process writes what he likes. Tested by
tests/unit/applications/test_companion.py.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any

from desktopd.applications.layer import Layer

LONGEST_LINE = 64 << 20
"""Bytes: a picture of 15 million pixels of noise, in Base64."""
LONGEST_TEXT = 24 << 20
"""Of a line with anything but plain ASCII: in memory each character may take four bytes, twice."""
MOST_PARTS = 1 << 20
"""Of one message: each takes about a hundred bytes, where it has three in a line."""
MOST_LAYERS = 20_000
LONG = 1 << 18
"""Bytes from which on a line is read beside the loop."""
LONGEST_REST = 2.0
_READ_BYTES = 1 << 16
_SURROGATES = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
"""JSON can spell them, and nobody can be told them; our companion writes none."""


async def messages(reader: asyncio.StreamReader) -> AsyncIterator[dict[str, Any]]:
    """Each message, until the end; layers in them are `Layer`.

    After one that took long, as long is left to everybody else. Raises ValueError, TypeError,
    KeyError, AttributeError or RecursionError for a line that is no message.
    """
    async for line in _lines(reader):
        if len(line) < LONG:
            yield message(line)
            continue
        began = time.monotonic()
        long_one = await asyncio.to_thread(message, line)
        took = time.monotonic() - began
        del line
        yield long_one
        del long_one
        await asyncio.sleep(min(took, LONGEST_REST))


async def _lines(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Each whole line without its end."""
    line = bytearray()
    while read := await reader.read(_READ_BYTES):
        *ends, rest = read.split(b"\n")
        for end in ends:
            line += end
            _check_length(line)
            whole, line = bytes(line), bytearray()
            yield whole
            del whole
        line += rest
        _check_length(line)


def _check_length(line: bytearray) -> None:
    if len(line) > LONGEST_LINE:
        raise ValueError(f"a line of more than {LONGEST_LINE} bytes")


def message(line: bytes) -> dict[str, Any]:
    """The message in a line; raises as `messages` does."""
    told: dict[str, Any] = parsed(line)
    if told.get("event") == "layers":
        if len(told["data"]) > MOST_LAYERS:
            raise ValueError(f"more than {MOST_LAYERS} layers")
        told["data"] = tuple(Layer.parse(layer) for layer in told["data"])
    return told


def parsed(line: bytes) -> Any:
    """The JSON in a line; raises ValueError or RecursionError where it is none."""
    if len(line) > LONGEST_TEXT and (not line.isascii() or b"\\" in line):
        raise ValueError(f"a line of more than {LONGEST_TEXT} bytes that is not plain ASCII")
    if sum(map(line.count, b"[{,")) > MOST_PARTS:
        raise ValueError(f"more than {MOST_PARTS} parts")
    # By itself `json` takes bytes that are no UTF-8.
    text = _SURROGATES.sub(rb"\\ufffd", line).decode()
    # JSON has no infinite numbers, and browsers take none: a scale may be one.
    return json.loads(text, parse_constant=lambda _: None)
