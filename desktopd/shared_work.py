"""Work that many may ask for at once, and that nobody who gives up can end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from desktopd.background_tasks import BackgroundTasks

T = TypeVar("T")

LONGEST_REST = 2.0
"""Seconds."""


class SharedWork(Generic[T]):
    """Does `work` one at a time, each time for all who have asked before it began.

    It goes on when they have left: nobody can have it begun again beside itself. `turn` is shared
    with other works that are to wait for each other; after each, all of them rest for `rest` times
    as long as it took.
    """

    def __init__(
        self, work: Callable[[], Awaitable[T]], turn: asyncio.Lock | None = None, rest: float = 0.0
    ) -> None:
        self._work = work
        self._turn = turn or asyncio.Lock()
        self._rest = rest
        self._next: asyncio.Future[T] | None = None
        self._tasks = BackgroundTasks()

    async def result(self) -> T:
        """What the next work gives, or raises."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
            self._tasks.start(self._run(self._next))
        return await asyncio.shield(self._next)

    async def _run(self, result: asyncio.Future[T]) -> None:
        async with self._turn:
            self._next, began = None, time.monotonic()
            try:
                result.set_result(await self._work())
            except Exception as error:
                result.set_exception(error)
                # Those who asked may all have left.
                result.exception()
            if self._rest:
                took = time.monotonic() - began
                await asyncio.sleep(min(self._rest * took, LONGEST_REST))
