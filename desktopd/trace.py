"""What the server does, and when, for whoever follows an event on its way to the page's pixels.

Who may record, and the file that comes of it, are the HTTP room's affair. Nothing is noted while
nobody records.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

# Seconds for which the server goes on recording after it was last asked to.
LEASE = 5.0
# Notes that are kept; those before them are dropped.
MOST = 100_000


class Track(StrEnum):
    """What is drawn as one line; each viewer has one of its own besides."""

    INPUT = "input"
    X_SERVER = "X server"
    CAPTURE = "capture"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was done. Times are monotonic, in seconds."""

    track: str
    name: str
    began: float
    ended: float
    facts: dict[str, int] = field(default_factory=dict)


class Trace:
    """The last notes of all threads, any of which may call all of this."""

    def __init__(self) -> None:
        self._until = 0.0
        self._notes: deque[Note] = deque(maxlen=MOST)

    def record(self) -> None:
        """Record for the next `LEASE` seconds; the notes of an earlier recording are dropped."""
        now = time.monotonic()
        if now > self._until:
            self._notes.clear()
        self._until = now + LEASE

    @property
    def notes(self) -> list[Note]:
        """All that is kept, each after those that ended before it."""
        return list(self._notes)

    def begin(self) -> float:
        """The time at which something begins that is to be noted, 0.0 where nobody records."""
        if not self._until:
            return 0.0
        now = time.monotonic()
        if now < self._until:
            return now
        self._until = 0.0
        return 0.0

    def end(self, track: str, name: str, began: float, **facts: int) -> None:
        """Note what `begin` gave the time of; nothing where that is 0.0."""
        if began:
            self._notes.append(Note(track, name, began, time.monotonic(), facts))

    def timed(self, track: str, name: str, work: Callable[[T], object]) -> Callable[[T], object]:
        """`work` itself where nobody records, else what notes when it is done."""
        if not self.begin():
            return work

        def noted(argument: T) -> object:
            began = self.begin()
            try:
                return work(argument)
            finally:
                self.end(track, name, began)

        return noted
