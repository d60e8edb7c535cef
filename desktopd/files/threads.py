"""A few threads for what blocks on the disk, so that a slow one stops nothing but transfers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import ParamSpec, TypeVar

from desktopd.threads import Threads

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
WATCHERS_THREADS = 2
"""The same for all who may only watch: a zip keeps a thread busy for as long as it is loaded."""


class DiskThreads:
    """Runs calls in so many threads; raises NoThreads."""

    def __init__(self, threads: int = THREADS) -> None:
        self._pool = Threads(threads, "disk")

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a call, and what it raises.

        Whoever is cancelled meanwhile, and however often, hears of it when the call has ended: only
        then are its descriptors free to be closed.
        """
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._pool, partial(call, *args, **kwargs))
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            while not future.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([future])
            raise
