"""Tasks with an owner: none ends without somebody who hears of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


class Tasks:
    """Tasks that nobody awaits. One that fails is logged; all of them end with their owner."""

    def __init__(self, owner: str, expected: type[Exception] | tuple[()] = ()) -> None:
        """`owner` is named in the log; a failure of the kind `expected` is told at debug level."""
        self._owner = owner
        self._expected = expected
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` as a task."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def cancel(self) -> None:
        """Cancel all that still run."""
        for task in self._tasks:
            task.cancel()

    async def end(self) -> None:
        """Cancel all that still run, and return when they have ended."""
        self.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (failure := task.exception()) is None:
            return
        level = logging.DEBUG if isinstance(failure, self._expected) else logging.ERROR
        log.log(level, "%s: %s failed: %r", self._owner, task.get_coro(), failure, exc_info=failure)


async def race(*contenders: Coroutine[Any, Any, T]) -> T:
    """Return what the first of them returns, or raise what it raises; the others are cancelled.

    What another one raises meanwhile is logged.
    """
    tasks = [asyncio.create_task(contender) for contender in contenders]
    done: set[asyncio.Task[T]] = set()
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        first = next((task for task in tasks if task in done), None)
        for task in tasks:
            if task is not first and not task.cancelled() and (failure := task.exception()):
                log.error("%s failed: %r", task.get_coro(), failure, exc_info=failure)
    assert first is not None
    return first.result()
