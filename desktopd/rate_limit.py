"""How often something may be done that costs everybody else something."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable


class RateLimit:
    """At most `count` times within `seconds`."""

    def __init__(
        self, count: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._times: deque[float] = deque(maxlen=count)

    def take(self) -> bool:
        """Whether it may be done now, which then counts."""
        now = self._clock()
        full = len(self._times) == self._times.maxlen
        if full and now - self._times[0] < self._seconds:
            return False
        self._times.append(now)
        return True
