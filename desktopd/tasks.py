"""Tasks that one owner runs beside each other: known by name, ended together, no error unseen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
"""Seconds after which what has failed begins anew: each time twice as many, up to the most."""

log = logging.getLogger(__name__)

T = TypeVar("T")


class NamedTasks:
    """Runs coroutines as tasks, each by its name, for the length of an ``async with`` block.

    The block ends with the error of the first task that has failed, unless it raises one itself;
    every other error is logged.
    """

    def __init__(
        self,
        coroutines: Mapping[str, Coroutine[Any, Any, object]],
        *,
        patience: float | None = None,
        patient: Collection[str] = (),
    ) -> None:
        """`patience`: seconds within which one that is cancelled has to end; else it is left.

        Those of `patient` are waited for in any case.
        """
        self._tasks = {
            name: asyncio.create_task(coroutine, name=name)
            for name, coroutine in coroutines.items()
        }
        self._patience = patience
        self._patient = patient
        self._cancelled: set[str] = set()
        self._left: set[str] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.cancel()
        errors = self.errors
        first = next(iter(errors.values()), None) if error is None else None
        for name, other in errors.items():
            if other is not first:
                log.error("%s failed too", name, exc_info=other)
        if first is not None:
            raise first

    async def first(self, within: float | None = None) -> frozenset[str]:
        """Wait until a task has ended, for at most `within` seconds; returns who has, by name."""
        await asyncio.wait(
            self._tasks.values(), timeout=within, return_when=asyncio.FIRST_COMPLETED
        )
        return frozenset(name for name, task in self._tasks.items() if task.done())

    @property
    def errors(self) -> dict[str, BaseException]:
        """What the tasks that have ended by themselves have raised, in the order of their start."""
        return {n: e for n, e in self._raised().items() if n not in self._cancelled}

    async def cancel(self, *names: str, but: Collection[str] = ()) -> None:
        """Cancel those tasks, or every one, `but` those, and wait for their end.

        What they then raise is logged, and who does not end within `patience`.
        """
        wanted = set(names or self._tasks) - set(but) - self._left
        running = {n: t for n, t in self._tasks.items() if n in wanted and not t.done()}
        self._cancelled |= running.keys()
        for task in running.values():
            task.cancel()
        if running:
            await asyncio.wait(running.values(), timeout=self._patience)
        for name in running.keys() & set(self._patient):
            await asyncio.wait({running[name]})
        self._left |= {name for name, task in running.items() if not task.done()}
        for name in running.keys() & self._left:
            log.warning("%s does not end, and is left as it is", name)
        for name, error in self._raised().items():
            if name in running:
                log.error("%s failed while it ended", name, exc_info=error)

    def _raised(self) -> dict[str, BaseException]:
        ended = {n: t for n, t in self._tasks.items() if t.done() and not t.cancelled()}
        return {name: error for name, task in ended.items() if (error := task.exception())}


async def kept_up(name: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Do `work`, and begin it anew after each error: of what the rest can go on without.

    An error is logged with its traceback, and where it is the same as the last by a line.
    """
    loop = asyncio.get_running_loop()
    pause, last = FIRST_PAUSE, ""
    while True:
        began = loop.time()
        try:
            return await work()
        except Exception as error:
            if loop.time() - began > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            told = f"{error!r}"
            text = "%s failed and begins anew in %g s: %.1000s"
            log.error(text, name, pause, told, exc_info=told != last)
            last = told
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


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


async def to_completion(work: Awaitable[T], interrupt: Callable[[], None] | None = None) -> T:
    """Return what `work` gives, or raise what it raises, once it has ended.

    Whoever is cancelled meanwhile is so only where he waits next: until then he can own what it has
    opened, and note what it has done. `interrupt` is called when he is, to have it end sooner.
    An `asyncio.timeout` around it has to have one more wait in it.
    """
    future, cancelled = asyncio.ensure_future(work), False
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError:
            cancelled = True
            if interrupt is not None:
                interrupt()
    task = asyncio.current_task()
    if cancelled and task is not None:
        # It has been asked to end as often as before.
        task.uncancel()
        task.cancel()
    return future.result()
