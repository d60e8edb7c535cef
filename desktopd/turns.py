"""Whose bytes are read next among those who have not been let in, however many send at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from itertools import chain
from typing import TypeAlias

from desktopd.addresses import address_key

_Work: TypeAlias = Callable[[], None]


class Turn:
    """A work that waits for its turn. It is let go of when it is done or cancelled."""

    def __init__(self, work: _Work | None = None) -> None:
        """Without a `work` it is over from the beginning."""
        self._work = work

    def cancel(self) -> None:
        """Its connection is gone: the others go on as though it had never waited."""
        self._work = None

    def take_work(self) -> _Work | None:
        """What is to be done now; None if it is over."""
        work, self._work = self._work, None
        return work


_Waiting: TypeAlias = OrderedDict[Hashable, deque[Turn]]


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
        work: _Work,
        *,
        known: Hashable | None = None,
        websocket: Hashable | None = None,
    ) -> Turn:
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
        turn = Turn(work)
        waiting.setdefault(who, deque()).append(turn)
        return turn

    @property
    def _waits(self) -> bool:
        return any(chain(*self._order))

    def _next(self) -> None:
        self._order.rotate(-1)
        self._order[0].rotate(-1)
        works = (_pop(waiting) for waiting in chain(*self._order))
        work = next(filter(None, works), None)
        if self._waits:
            asyncio.get_running_loop().call_soon(self._next)
        if work is not None:
            work()


def _pop(waiting: _Waiting) -> _Work | None:
    """The next work of whoever waits longest, who is the last from now on; None if all are over."""
    while waiting:
        who, turns = waiting.popitem(last=False)
        while turns:
            work = turns.popleft().take_work()
            if work is not None:
                if turns:
                    waiting[who] = turns
                return work
    return None
