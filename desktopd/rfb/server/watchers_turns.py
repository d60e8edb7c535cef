"""How much of the X thread's time goes into pictures for those who may only watch: half of it.

A watcher chooses in what form it gets pictures, and a hundred of them may choose as many, each of
which takes as long as that of whoever has control. test_capture_loop tests it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

TURN = 0.02
"""Seconds for which pictures are made for them before everybody else has his turn."""


class WatchersTurns(Generic[T]):
    """Who of them is next. All of this belongs to the X thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._again = 0.0
        self._last: T | None = None
        self.left = False
        """Whether there was no time for one of the last `turn`."""

    def wait(self) -> float | None:
        """Seconds until the next turn of those who were left; None where nobody was."""
        return max(0.0, self._again - self._clock()) if self.left else None

    def turn(self, watchers: Sequence[T]) -> Iterator[T]:
        """Those for whom there is time now, who was the last to have some at the end.

        The caller makes a picture for each before it asks for the next one, and they rest for as
        long as all of these take.
        """
        begun = self._clock()
        self.left = bool(watchers)
        if begun < self._again:
            return
        after = watchers.index(self._last) + 1 if self._last in watchers else 0
        for watcher in (*watchers[after:], *watchers[:after]):
            now = self._clock()
            if now - begun > TURN:
                return
            self._last = watcher
            yield watcher
            ended = self._clock()
            self._again = ended + (ended - begun)
        self.left = False
