"""Whose request is next among those who have not been let in, however many send at once.

test_accept_loop tests it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable

from desktopd.addresses import address_key


class RequestTurns:
    """Does one thing in each turn of the loop, address by address, so that others wait for none."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[Callable[[], None]]] = OrderedDict()

    def take(self, address: str, work: Callable[[], None]) -> None:
        """Have `work` done, after what this address has waiting already."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._next)
        self._waiting.setdefault(address_key(address), deque()).append(work)

    def _next(self) -> None:
        address, works = self._waiting.popitem(last=False)
        work = works.popleft()
        if works:
            self._waiting[address] = works
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._next)
        work()
