"""What waits at one moment for all who may only watch, whatever it is.

test_send_queue tests it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from desktopd.rfb.viewers.connection import Cause, Ending

MOST = 64 * 1024 * 1024
"""Bytes together, besides those of whoever has most: a picture has what it has."""
_FULL = Ending(
    Cause.BACKLOG_FULL, "those who may only watch are too far behind, and it is the furthest"
)
# Bytes together up to which the parts of large updates are larger than the least of them. The next
# one has about an eighth of what is left.
_PARTS = 24 * 1024 * 1024
_LEAST_PART, _LARGEST_PART = 128 * 1024, 2 * 1024 * 1024


class WatchersQueue(Protocol):
    """What waits for one of them."""

    @property
    def size(self) -> int:
        """Bytes that are kept for it; none after `end`."""

    def end(self, ending: Ending) -> None:
        """End its connection."""


class WatchersQueues:
    """The queues of all of them. Belongs to the loop; other threads may read `part`."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._sizes: dict[WatchersQueue, int] = {}
        self._waiting = 0

    @property
    def part(self) -> int:
        """Bytes from which on the next update for one of them comes in parts: a power of two."""
        room = max(_LEAST_PART, min(_LARGEST_PART, (_PARTS - self._waiting) // 8))
        return 1 << room.bit_length() - 1

    @contextmanager
    def counted(self, queue: WatchersQueue) -> Iterator[None]:
        """Count `queue` for as long as the block runs."""
        self._sizes[queue] = 0
        self.changed(queue)
        try:
            yield
        finally:
            self._waiting -= self._sizes.pop(queue)

    def changed(self, queue: WatchersQueue) -> None:
        """Another size of one of them: end those that hold most, until it is not too much."""
        if queue not in self._sizes:
            return
        self._waiting += queue.size - self._sizes[queue]
        self._sizes[queue] = queue.size
        while self._waiting > self._most:
            furthest = max(self._sizes, key=self._sizes.__getitem__)
            if self._waiting - self._sizes[furthest] <= self._most:
                return
            furthest.end(_FULL)
