"""Whose request is next among those who have not been let in, however many send at once.

test_accept_loop tests it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable

from desktopd.addresses import address_key


class RequestTurns:
    """Does one thing in each turn of the loop, address by address, so that others wait for none.

    Whoever is known already comes before all of them.
    """

    def __init__(self) -> None:
        self._known: deque[Callable[[], None]] = deque()
        self._waiting: OrderedDict[str, deque[Callable[[], None]]] = OrderedDict()

    def take(self, address: str, work: Callable[[], None], *, known: bool = False) -> None:
        """Have `work` done, after what this address has waiting already unless it is `known`."""
        if not self._known and not self._waiting:
            asyncio.get_running_loop().call_soon(self._next)
        works = self._known if known else self._waiting.setdefault(address_key(address), deque())
        works.append(work)

    def _next(self) -> None:
        work = self._known.popleft() if self._known else self._next_stranger()
        if self._known or self._waiting:
            asyncio.get_running_loop().call_soon(self._next)
        work()

    def _next_stranger(self) -> Callable[[], None]:
        address, works = self._waiting.popitem(last=False)
        work = works.popleft()
        if works:
            self._waiting[address] = works
        return work


class TakesTurns:
    """A protocol that reads what is much in `turns`, if it has some; `known` as there."""

    turns: RequestTurns | None = None
    known = False
