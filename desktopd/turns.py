"""Whose bytes are read next among those who have not been let in, however many send at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import TypeAlias

from desktopd.addresses import address_key

_Waiting: TypeAlias = OrderedDict[Hashable, deque[Callable[[], None]]]


class RequestTurns:
    """Does one thing in each turn of the loop, address by address, so that others wait for none.

    Whoever is known already comes before all of them, connection by connection. The WebSockets of
    others have every second turn, connection by connection too.
    """

    def __init__(self) -> None:
        self._known: _Waiting = OrderedDict()
        self._addresses: _Waiting = OrderedDict()
        self._websockets: _Waiting = OrderedDict()
        self._others = deque((self._addresses, self._websockets))

    def take(
        self,
        address: str,
        work: Callable[[], None],
        *,
        known: Hashable | None = None,
        websocket: Hashable | None = None,
    ) -> None:
        """Have `work` done, after what this address has waiting already.

        `known`: a connection of somebody known, whose works alone come before; `websocket`: the
        same of one that is open, of somebody who is not.
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
        return bool(self._known or self._addresses or self._websockets)

    def _next(self) -> None:
        self._others.rotate()
        work = _pop(self._known or self._others[0] or self._others[1])
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
