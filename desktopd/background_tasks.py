"""Tasks that nobody waits for: their owner ends them, and a failure of one is logged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


class BackgroundTasks:
    """Runs any number of coroutines beside its owner, until `end`."""

    def __init__(self, expected: type[Exception] | tuple[()] = ()) -> None:
        """A failure of the kind `expected` is no fault, and logged for who looks for it alone."""
        self._expected = expected
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run `work`. What it raises is logged and ends nothing else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def cancel(self) -> None:
        """Cancel all that still run."""
        for task in self._tasks:
            task.cancel()

    async def end(self) -> None:
        """Cancel all that still run, and wait for them."""
        self.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (failure := task.exception()) is None:
            return
        level = logging.DEBUG if isinstance(failure, self._expected) else logging.ERROR
        log.log(level, "%s failed: %r", task.get_coro(), failure, exc_info=failure)
