"""A few threads for what blocks on the disk, so that a slow one stops nothing but transfers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import ParamSpec, TypeVar

from desktopd.files.person_turns import PersonTurns
from desktopd.tasks import to_completion
from desktopd.threads import Threads

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
GUESTS_THREADS = 4
"""The same for all who came by links: the owner waits for none of them."""
WATCHERS_THREADS = 2
"""The same for all who may only watch: a zip keeps a thread busy for as long as it is loaded."""


class DiskThreads:
    """So many threads, which several persons share; raises NoThreads."""

    def __init__(self, threads: int = THREADS) -> None:
        self._pool = Threads(threads, "disk")
        self._turns = PersonTurns(threads)

    def of(self, person: Hashable) -> Disk:
        """The threads as one person uses them."""
        return Disk(self._pool, self._turns, person)


@dataclass(frozen=True, slots=True)
class Disk:
    """Runs the calls of one person, in turn with those of others.

    A call that has begun is one with what its caller does next, up to where it waits again: what
    it opened has an owner, and what it did is noted, whenever the caller is cancelled.
    """

    _pool: Threads
    _turns: PersonTurns
    _person: Hashable

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a call, and what it raises.

        It is not done where the caller is cancelled before its turn. Whoever is cancelled later has
        the result first, as in `to_completion`.
        """
        await self._turns.take(self._person)
        return await self._done(partial(call, *args, **kwargs))

    async def interruptible(self, interrupt: Callable[[], None], call: Callable[[], T]) -> T:
        """As `run`, but whoever is cancelled meanwhile has no result.

        `interrupt` is called then, to have the call end sooner.
        """
        await self._turns.take(self._person)
        result = await self._done(call, interrupt)
        await asyncio.sleep(0)
        return result

    async def finish(self, call: Callable[[], T]) -> T:
        """As `run`, of what ends something: it is done in any case, before what else waits."""

        async def finished() -> T:
            await self._turns.take(self._person, first=True)
            return await self._done(call)

        return await to_completion(finished())

    async def _done(self, call: Callable[[], T], interrupt: Callable[[], None] | None = None) -> T:
        try:
            future = asyncio.get_running_loop().run_in_executor(self._pool, call)
            return await to_completion(future, interrupt)
        finally:
            self._turns.give_back(self._person)
