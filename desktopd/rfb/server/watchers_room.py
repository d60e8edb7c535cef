"""How much of whole and raw pictures is on its way at one moment to all who may only watch.

A watcher chooses how large its updates are, and how often it wants them whole: a raw picture takes
three times its bytes until it is sent. test_pending_update tests it.
"""

from __future__ import annotations

from threading import Lock

ROOM = 8 * 1024 * 1024
"""Bytes; one picture is let through whatever it has."""


class WatchersRoom:
    """Who has how many of these bytes. Any thread may call."""

    def __init__(self, most: int = ROOM) -> None:
        self._most = most
        self._lock = Lock()
        self._taken: dict[object, int] = {}

    def enter(self, viewer: object, size: int) -> bool:
        """Whether an update of at most `size` bytes may be made for a viewer now."""
        with self._lock:
            others = sum(self._taken.values()) - self._taken.get(viewer, 0)
            if others and others + size > self._most:
                return False
            self._taken[viewer] = size
            return True

    def know(self, viewer: object, size: int) -> None:
        """An update of a viewer that has entered is made, of `size` bytes."""
        with self._lock:
            if viewer in self._taken:
                self._taken[viewer] = size

    def leave(self, viewer: object) -> None:
        """All of it is sent, or the viewer has left."""
        with self._lock:
            self._taken.pop(viewer, None)
