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


class WatchersBacklogs:
    """The backlogs of all who may only watch, which have `most` bytes together."""

    def __init__(self, most: int = 64 * 1024 * 1024) -> None:
        self._most = most
        self._backlogs: set[Backlog] = set()

    def add(self, backlog: Backlog) -> None:
        """Count one more, until `remove`."""
        self._backlogs.add(backlog)

    def remove(self, backlog: Backlog) -> None:
        """Count it no longer."""
        self._backlogs.discard(backlog)

    def exceeded_by(self, backlog: Backlog) -> bool:
        """Whether there is too much, and this one holds most of it."""
        sizes = [other.size for other in self._backlogs]
        return sum(sizes) > self._most and backlog.size == max(sizes)
