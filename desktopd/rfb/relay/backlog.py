"""What the server has sent and the viewer has not taken yet."""

from __future__ import annotations

import asyncio
from collections import deque


class Backlog:
    """Chunks of bytes between one writer and one reader that must not wait for each other."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._taken = 0
        self._closed = False
        self._ready = asyncio.Event()

    @property
    def size(self) -> int:
        """Bytes held, what was taken last included: its reader is still busy with it."""
        return self._size + self._taken

    def put(self, chunk: bytes) -> None:
        """Add a chunk, which must not be empty."""
        self._chunks.append(chunk)
        self._size += len(chunk)
        self._ready.set()

    def close(self) -> None:
        """Nothing more will come."""
        self._closed = True
        self._ready.set()

    async def take(self, largest: int) -> bytes:
        """Wait for bytes, and join chunks up to `largest` bytes, or else one chunk alone.

        Empty once the backlog is closed and everything has been taken.
        """
        self._taken = 0
        if not self._chunks and not self._closed:
            self._ready.clear()
            await self._ready.wait()
        if not self._chunks:
            return b""
        data = self._join(largest)
        self._size -= len(data)
        self._taken = len(data)
        return data

    def _join(self, largest: int) -> bytes:
        parts = [self._chunks.popleft()]
        room = largest - len(parts[0])
        while self._chunks and len(self._chunks[0]) <= room:
            parts.append(self._chunks.popleft())
            room -= len(parts[-1])
        return b"".join(parts)
