"""Tasks that one owner runs beside each other: known by name, ended together, no error unseen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Coroutine, Mapping
from types import TracebackType
from typing import Any, Self

log = logging.getLogger(__name__)


class NamedTasks:
    """Runs coroutines as tasks, each by its name, for the length of an ``async with`` block."""

    def __init__(self, coroutines: Mapping[str, Coroutine[Any, Any, object]]) -> None:
        self._tasks = {
            name: asyncio.create_task(coroutine, name=name)
            for name, coroutine in coroutines.items()
        }
        self._cancelled: set[str] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.cancel()

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

    def raise_error(self) -> None:
        """Raise the first of `errors`, if there is one, and log the others."""
        first, *others = self.errors.items() or [("", None)]
        for name, error in others:
            log.error("%s failed too", name, exc_info=error)
        if first[1] is not None:
            raise first[1]

    async def cancel(self, *, but: Collection[str] = ()) -> None:
        """Cancel every task, `but` those, and wait for its end. What it then raises is logged."""
        running = {n: t for n, t in self._tasks.items() if n not in but and not t.done()}
        self._cancelled |= running.keys()
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)
        for name, error in self._raised().items():
            if name in running:
                log.error("%s failed while it ended", name, exc_info=error)

    def _raised(self) -> dict[str, BaseException]:
        ended = {n: t for n, t in self._tasks.items() if t.done() and not t.cancelled()}
        return {name: error for name, task in ended.items() if (error := task.exception())}
