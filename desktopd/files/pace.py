"""How fast files may come and go: as fast as they can, but beside somebody's hands slower.

What a hand at the desktop sets off is drawn on the same cores that carry the files.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable

IN_USE = 2.0
"""Seconds after the last input in which what it set off may still be drawn."""
RATE = 16_777_216
"""Bytes a second for each core, of all transfers together, while the desktop is in use.

A gigabyte takes the daemon and a client beside it 1.9 s of a core down, 3 s up (2 GiB by curl, on
two cores), so that this is 3 to 5 % of them.
"""
SHARE = 0.125
"""Part of each core that making the bytes may take meanwhile: a zip is compressed."""


class Pace:
    """The pace of all transfers of one folder.

    `last_input` is the monotonic time in seconds at which somebody last typed or pointed.
    """

    def __init__(
        self,
        last_input: Callable[[], float | None] = lambda: None,
        cores: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._last_input = last_input
        self._cores = cores or len(os.sched_getaffinity(0))
        self._clock = clock
        self._free_at = 0.0

    async def rest(self, size: int, seconds: float = 0.0) -> None:
        """Wait as long as a piece of `size` bytes asks for, which took a core `seconds` to make."""
        wait = self.wait(size, seconds)
        if wait > 0:
            await asyncio.sleep(wait)

    def wait(self, size: int, seconds: float = 0.0) -> float:
        """Seconds until the next piece may follow; others that are on their way count."""
        now, last = self._clock(), self._last_input()
        if last is None or now - last > IN_USE:
            self._free_at = now
            return 0.0
        cost = max(size / RATE, seconds / SHARE) / self._cores
        self._free_at = max(self._free_at, now) + cost
        return self._free_at - now
