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


class WatchersQueue(Protocol):
    """What waits for one of them."""

    @property
    def size(self) -> int:
        """Bytes that are kept for it; none after `end`."""

    def end(self, ending: Ending) -> None:
        """End its connection."""


class WatchersQueues:
    """The queues of all of them. Belongs to the loop."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._queues: set[WatchersQueue] = set()

    @contextmanager
    def counted(self, queue: WatchersQueue) -> Iterator[None]:
        """Count `queue` for as long as the block runs."""
        self._queues.add(queue)
        try:
            yield
        finally:
            self._queues.discard(queue)

    def grown(self) -> None:
        """More waits than before: end those that hold most, until it is not too much."""
        while True:
            most = max(self._queues, key=lambda queue: queue.size, default=None)
            if most is None or sum(one.size for one in self._queues) - most.size <= self._most:
                return
            most.end(_FULL)
