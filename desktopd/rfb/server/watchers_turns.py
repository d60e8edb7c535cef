"""How much of the X thread's time goes into pictures for those who may only watch: half of it.

A watcher chooses in what form it gets pictures, and a hundred of them may choose as many, each of
which takes as long as that of whoever has control. test_capture_loop tests it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
V = TypeVar("V")

TURN = 0.02
"""Seconds for which pictures are made for them before everybody else has his turn."""


class WatchersTurns(Generic[T]):
    """Who of them is next. All of this belongs to the X thread."""

    def __init__(
        self, room: Callable[[T], Hashable], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`room`: what those of one address have in common."""
        self._room = room
        self._clock = clock
        self._again = 0.0
        # Who had the last turn of each room, and which room had it last.
        self._last: dict[Hashable, T] = {}
        self._last_room: Hashable = None
        self.left = False
        """Whether there was no time for one of the last `turn`."""

    def wait(self) -> float | None:
        """Seconds until the next turn of those who were left; None where nobody was."""
        return max(0.0, self._again - self._clock()) if self.left else None

    def turn(self, watchers: Sequence[T]) -> Iterator[T]:
        """Those for whom there is time now, room by room, who was the last to have some at the end.

        The caller makes a picture for each before it asks for the next one, and they rest for as
        long as all of these take.
        """
        begun = self._clock()
        self.left = bool(watchers)
        if begun < self._again:
            return
        for room, watcher in self._in_order(watchers):
            now = self._clock()
            if now - begun > TURN:
                return
            self._last[room], self._last_room = watcher, room
            yield watcher
            ended = self._clock()
            self._again = ended + (ended - begun)
        self.left = False

    def _in_order(self, watchers: Iterable[T]) -> Iterator[tuple[Hashable, T]]:
        """One of each room after the other, then the next one of each."""
        rooms: dict[Hashable, list[T]] = {}
        for watcher in watchers:
            rooms.setdefault(self._room(watcher), []).append(watcher)
        self._last = {room: last for room, last in self._last.items() if room in rooms}
        waiting = deque(
            (room, deque(_after(self._last.get(room), rooms[room])))
            for room in _after(self._last_room, [*rooms])
        )
        while waiting:
            room, those = waiting.popleft()
            yield room, those.popleft()
            if those:
                waiting.append((room, those))


def _after(last: object, ones: list[V]) -> list[V]:
    """These in the same order, `last` at the end if it is there."""
    begin = ones.index(last) + 1 if last in ones else 0
    return ones[begin:] + ones[:begin]
