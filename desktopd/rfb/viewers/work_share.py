"""How much of the event loop what viewers say may take: half of it, in short turns.

One WebSocket frame may hold a hundred thousand messages, and each of them costs more than its
bytes. All who may only watch have one half together.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

TURN = 0.005
"""Seconds for which a viewer is heard before everybody else has his turn."""
WATCHERS_TURN = 0.002
"""The same of a viewer that may only watch."""


class WorkShare:
    """The share of one viewer, whose messages come one after the other.

    `watchers`: who may only watch rests by it, one after the other. While one rests, another one
    works, so that each rests for twice as long as it has worked.
    """

    def __init__(
        self, watchers: asyncio.Lock | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._watchers = watchers
        self._clock = clock
        self._begun = self._ended = clock()
        self._worked = 0.0

    def begin(self) -> None:
        """Begin to work, after a wait that makes up for as much work."""
        self._begun = self._clock()
        self._worked = max(0.0, self._worked - (self._begun - self._ended))

    async def rest(self) -> None:
        """Once the turn is over, let others work for as long as it has taken."""
        self._work()
        if self._watchers is None and self._worked > TURN:
            await self._sleep(self._worked)
        elif self._watchers is not None and self._worked > WATCHERS_TURN:
            async with self._watchers:
                await self._sleep(2 * self._worked)

    def _work(self) -> None:
        self._ended = self._clock()
        self._worked += self._ended - self._begun
        self._begun = self._ended

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._begun = self._ended = self._clock()
        self._worked = 0.0
