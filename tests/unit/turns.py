"""Waiting for the loop: for what it has to bring about, never for a number of its turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

SECONDS = 20.0


async def until(probe: Callable[[], object]) -> None:
    """Return as soon as `probe` holds."""
    async with asyncio.timeout(SECONDS):
        while not probe():
            await asyncio.sleep(0)
