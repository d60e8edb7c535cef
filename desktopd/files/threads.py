"""A few threads for what blocks on the disk, so that a slow one stops nothing but transfers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8


class DiskThreads:
    """Runs calls in at most THREADS threads."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, "disk")

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a call, and what it raises.

        Whoever is cancelled meanwhile hears of it when the call has ended: only then are its
        descriptors free to be closed.
        """
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._pool, partial(call, *args, **kwargs))
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            raise
