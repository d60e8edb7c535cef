"""Whose turn it is among those who ask for many things at once: one person after the other.

Tested by tests/unit/files/test_threads.py.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Hashable
from typing import TypeAlias

_Waiting: TypeAlias = OrderedDict[asyncio.Future[None], None]


class PersonTurns:
    """`most` turns at one moment. Nobody has all of them, where there are several.

    Those who wait get theirs person by person, however many one waits for.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._most_of_one = max(1, most - 1)
        self._taken = Counter[Hashable]()
        self._waiting: OrderedDict[Hashable, _Waiting] = OrderedDict()

    async def take(self, person: Hashable, *, first: bool = False) -> None:
        """Wait for a turn, which is to be given back: for the next one of this person if `first`.

        Whoever is cancelled while it waits, or is to be where it waits next, has none.
        """
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        waiting = self._waiting.setdefault(person, OrderedDict())
        waiting[turn] = None
        if first:
            waiting.move_to_end(turn, last=False)
        loop.call_soon(self._give)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._leave(person, turn)
            else:
                self.give_back(person)
            raise

    def give_back(self, person: Hashable) -> None:
        """End a turn."""
        self._taken[person] -= 1
        if not self._taken[person]:
            del self._taken[person]
        self._give()

    def _give(self) -> None:
        while self._taken.total() < self._most:
            able = (one for one in self._waiting if self._taken[one] < self._most_of_one)
            person = next(able, None)
            if person is None:
                return
            waiting = self._waiting.pop(person)
            turn, _ = waiting.popitem(last=False)
            if waiting:
                self._waiting[person] = waiting
            if not turn.cancelled():
                self._taken[person] += 1
                turn.set_result(None)

    def _leave(self, person: Hashable, turn: asyncio.Future[None]) -> None:
        waiting = self._waiting.get(person)
        if waiting is not None and turn in waiting:
            del waiting[turn]
            if not waiting:
                del self._waiting[person]
