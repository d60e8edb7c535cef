"""Fences (rfbproto, ServerFence and ClientFence), and the two that measure a link.

A viewer behind WebSockets answers a fence when it handles the WebSocket message that the fence came
in. So the fence that begins a measurement has to end its message: that is known here alone, and
whoever makes messages of a server's bytes asks `ends_message` or `messages`.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntFlag
from struct import pack

FENCE = 248
"""First byte of a fence, from either side."""
PAYLOAD_LIMIT = 64
"""Bytes that a fence may carry."""
BEGIN_PAYLOAD, END_PAYLOAD = b"<", b">"
"""What the fences around a measured update carry, and the viewer's answers to them."""


class FenceFlag(IntFlag):
    """What a fence asks for."""

    BLOCK_BEFORE = 1 << 0
    BLOCK_AFTER = 1 << 1
    SYNC_NEXT = 1 << 2
    REQUEST = 1 << 31


KNOWN_FLAGS = FenceFlag.BLOCK_BEFORE | FenceFlag.BLOCK_AFTER | FenceFlag.SYNC_NEXT
"""The flags that an answer repeats."""


def fence(flags: FenceFlag, payload: bytes = b"") -> bytes:
    """The bytes of a ServerFence. Raises ValueError at more than PAYLOAD_LIMIT bytes of payload."""
    if len(payload) > PAYLOAD_LIMIT:
        raise ValueError(f"{len(payload)} bytes in a fence, at most {PAYLOAD_LIMIT}")
    return pack(">BxxxIB", FENCE, flags, len(payload)) + payload


# Without a flag that blocks, a viewer answers as soon as it has read them.
BEGIN, END = (fence(FenceFlag.REQUEST, payload) for payload in (BEGIN_PAYLOAD, END_PAYLOAD))
"""The fences ahead of a measured update and behind it."""


def ends_message(data: bytes) -> bool:
    """Whether nothing may follow `data` in the same message."""
    return data.endswith(BEGIN)


def messages(data: bytes) -> Iterator[bytes]:
    """Cut the bytes of a server into messages that each may be sent as one."""
    end = 0
    while (found := data.find(BEGIN, end)) >= 0:
        begin, end = end, found + len(BEGIN)
        yield data[begin:end]
    if end < len(data):
        yield data[end:]
