"""How much of the event loop what one viewer says may take: half of it, in short turns.

One WebSocket frame may hold a hundred thousand messages, and each of them costs more than its
bytes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

TURN = 0.005
"""Seconds for which a viewer is heard before everybody else has his turn."""


class WorkShare:
    """The share of one viewer, whose messages come one after the other."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = clock()

    def begin(self) -> None:
        """Begin a turn: what came before was waiting, and cost nobody anything."""
        self._begun = self._clock()

    async def rest(self) -> None:
        """Once the turn is over, let others work for as long as it has taken."""
        worked = self._clock() - self._begun
        if worked > TURN:
            await asyncio.sleep(worked)
            self.begin()
