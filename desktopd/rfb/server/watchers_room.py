"""How much of whole and raw pictures is on its way at one moment to those who may only watch.

A watcher chooses how large its updates are, and how often it wants them whole. So those of one
address wait for each other, and nobody for those of another one, but for raw pictures. What waits
for all of them together is bounded in watchers_queues.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from weakref import WeakValueDictionary

from desktopd.addresses import address_key

ROOM, RAW_ROOM = 8 * 1024 * 1024, 24 * 1024 * 1024
"""Bytes; one picture is let through whatever it has.

A raw one, which few programs ask for, takes twice its bytes while it is made, 66 MB of a screen of
3840x2160: all who get such ones wait for each other, also for who takes nothing.
"""
LATE = 1.0
"""Seconds after which who has not taken a picture is no longer waited for."""


@dataclass(slots=True)
class _Taken:
    size: int
    since: float


class WatchersRoom:
    """Who of one address has how many of these bytes. Any thread may call."""

    def __init__(
        self,
        most: int = ROOM,
        clock: Callable[[], float] = time.monotonic,
        *,
        late: float = LATE,
        raw: WatchersRoom | None = None,
    ) -> None:
        """`late`: seconds after which nobody is waited for. `raw`: the room of raw pictures."""
        self._most = most
        self._clock = clock
        self._late = late
        self._raw = raw
        self._lock = Lock()
        self._taken: dict[object, _Taken] = {}

    def enter(self, viewer: object, size: int, *, raw: bool = False) -> bool:
        """Whether an update of at most `size` bytes may be made for a viewer now."""
        # It may have a place of which nothing came, for pictures of the other kind.
        self.leave(viewer)
        if raw and self._raw is not None:
            return self._raw.enter(viewer, size)
        with self._lock:
            late_since = self._clock() - self._late
            others = sum(one.size for one in self._taken.values() if one.since >= late_since)
            if others and others + size > self._most:
                return False
            self._taken[viewer] = _Taken(size, self._clock())
            return True

    def know(self, viewer: object, size: int) -> None:
        """An update of a viewer that has entered is made, of `size` bytes."""
        with self._lock:
            if viewer in self._taken:
                self._taken[viewer].size = size
        if self._raw is not None:
            self._raw.know(viewer, size)

    def leave(self, viewer: object) -> None:
        """All of it is sent, or the viewer has left."""
        with self._lock:
            self._taken.pop(viewer, None)
        if self._raw is not None:
            self._raw.leave(viewer)


class WatchersRooms:
    """A room for each address from which somebody watches. Belongs to the loop."""

    def __init__(self) -> None:
        self._raw = WatchersRoom(RAW_ROOM, late=math.inf)
        self._rooms: WeakValueDictionary[str, WatchersRoom] = WeakValueDictionary()

    def of(self, address: str) -> WatchersRoom:
        """That of an address, which exists for as long as somebody has it."""
        return self._rooms.setdefault(address_key(address), WatchersRoom(raw=self._raw))
