"""How much of whole and raw pictures is on its way at one moment to all who may only watch.

A watcher chooses how large its updates are, and how often it wants them whole: a raw picture takes
three times its bytes until it is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

ROOM = 8 * 1024 * 1024
"""Bytes; one picture is let through whatever it has."""
LATE = 1.0
"""Seconds after which who takes nothing is no longer waited for, but moved aside."""
ASIDE = 32 * 1024 * 1024
"""Bytes of those who have been."""


@dataclass(slots=True)
class _Taken:
    size: int
    since: float


class WatchersRoom:
    """Who has how many of these bytes. Any thread may call."""

    def __init__(self, most: int = ROOM, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._lock = Lock()
        self._taken: dict[object, _Taken] = {}

    def enter(self, viewer: object, size: int) -> bool:
        """Whether an update of at most `size` bytes may be made for a viewer now."""
        with self._lock:
            others = self._bytes_of_others(viewer)
            if others and others + size > self._most:
                return False
            self._taken[viewer] = _Taken(size, self._clock())
            return True

    def _bytes_of_others(self, viewer: object) -> int:
        """Without those who are late, as far as there is space for them."""
        late_since, aside, waited_for = self._clock() - LATE, 0, 0
        for other, place in self._taken.items():
            if other is viewer:
                continue
            if place.since < late_since and aside + place.size <= ASIDE:
                aside += place.size
            else:
                waited_for += place.size
        return waited_for

    def know(self, viewer: object, size: int) -> None:
        """An update of a viewer that has entered is made, of `size` bytes."""
        with self._lock:
            if viewer in self._taken:
                self._taken[viewer].size = size

    def leave(self, viewer: object) -> None:
        """All of it is sent, or the viewer has left."""
        with self._lock:
            self._taken.pop(viewer, None)
