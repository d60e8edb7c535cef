"""Whose bytes are read next among those who have not been let in, however many send at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from itertools import chain
from typing import TypeAlias

from desktopd.addresses import address_key

_Waiting: TypeAlias = OrderedDict[Hashable, deque[Callable[[], None]]]


class RequestTurns:
    """Does one thing in each turn of the loop, address by address, so that others wait for none.

    Whoever is known already has every second turn, one person after the other: who was let in once
    may have no right any more, and keeps nobody out. The WebSockets of others have half of the
    rest, connection by connection. The turns of those who have nothing waiting are the others'.
    """

    def __init__(self) -> None:
        self._known: _Waiting = OrderedDict()
        self._addresses: _Waiting = OrderedDict()
        self._websockets: _Waiting = OrderedDict()
        others = deque((self._websockets, self._addresses))
        self._order = deque((others, deque((self._known,))))

    def take(
        self,
        address: str,
        work: Callable[[], None],
        *,
        known: Hashable | None = None,
        websocket: Hashable | None = None,
    ) -> None:
        """Have `work` done, after what this address has waiting already.

        `known`: who is known, whose works alone come before; `websocket`: an open connection, the
        same, of somebody who is not.
        """
        if not self._waits:
            asyncio.get_running_loop().call_soon(self._next)
        if known is not None:
            waiting, who = self._known, known
        elif websocket is not None:
            waiting, who = self._websockets, websocket
        else:
            waiting, who = self._addresses, address_key(address)
        waiting.setdefault(who, deque()).append(work)

    @property
    def _waits(self) -> bool:
        return any(chain(*self._order))

    def _next(self) -> None:
        self._order.rotate(-1)
        self._order[0].rotate(-1)
        work = _pop(next(filter(None, chain(*self._order))))
        if self._waits:
            asyncio.get_running_loop().call_soon(self._next)
        work()


def _pop(waiting: _Waiting) -> Callable[[], None]:
    """The next work of whoever waits longest, who is the last from now on."""
    who, works = waiting.popitem(last=False)
    work = works.popleft()
    if works:
        waiting[who] = works
    return work
