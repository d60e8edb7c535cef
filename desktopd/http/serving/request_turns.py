"""Whose request is next among those who have not been let in, however many send at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import TypeAlias

from desktopd.addresses import address_key

_Waiting: TypeAlias = OrderedDict[Hashable, deque[Callable[[], None]]]


class RequestTurns:
    """Does one thing in each turn of the loop, address by address, so that others wait for none.

    Whoever is known already comes before all of them, connection by connection.
    """

    def __init__(self) -> None:
        self._known: _Waiting = OrderedDict()
        self._strangers: _Waiting = OrderedDict()

    def take(
        self, address: str, work: Callable[[], None], *, known: Hashable | None = None
    ) -> None:
        """Have `work` done, after what this address has waiting already.

        `known`: a connection of somebody known, whose works alone come before.
        """
        if not self._known and not self._strangers:
            asyncio.get_running_loop().call_soon(self._next)
        if known is not None:
            self._known.setdefault(known, deque()).append(work)
        else:
            self._strangers.setdefault(address_key(address), deque()).append(work)

    def _next(self) -> None:
        work = _pop(self._known or self._strangers)
        if self._known or self._strangers:
            asyncio.get_running_loop().call_soon(self._next)
        work()


def _pop(waiting: _Waiting) -> Callable[[], None]:
    """The next work of whoever waits longest, who is the last from now on."""
    who, works = waiting.popitem(last=False)
    work = works.popleft()
    if works:
        waiting[who] = works
    return work


class TakesTurns:
    """A protocol that reads what is much in `turns`, if it has some; `known` as there.

    It sets `settled` once its peer is let in, or gone.
    """

    turns: RequestTurns | None = None
    known = False
    settled: asyncio.Event | None = None
