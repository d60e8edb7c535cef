"""What others than the owner may cost: how many places there are for each thing, and who has them.

What is no place has its limit where it is used. docs/limits.md lists them all.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from desktopd.addresses import address_key


class Budget(StrEnum):
    """What there are places for."""

    CONNECTIONS = "connections"
    STRANGERS = "strangers"
    LOOKUPS = "lookups"
    CAPTURES = "captures"
    COPIES = "copies"
    WATCHERS = "watchers"
    DOWNLOADS = "downloads"


OF_OTHERS = frozenset({Budget.WATCHERS, Budget.DOWNLOADS})
"""Of which whoever has control needs no place."""
LASTING = frozenset({Budget.WATCHERS})
"""Whose places are kept for hours: there whoever came first is not sent away for the next."""
BRIEF = frozenset({Budget.LOOKUPS})
"""Whose places are soon free by themselves: there many of one address wait for each other."""
KEPT = 4
"""Places of what is `BRIEF` for owners, who so wait for nobody else."""
WAIT_SECONDS = 10.0

DESCRIPTORS = {
    Budget.CONNECTIONS: 1,
    Budget.STRANGERS: 1,
    Budget.LOOKUPS: 1,
    Budget.CAPTURES: 0,
    Budget.COPIES: 1,
    # Each way, as a connection to x11vnc, Xvnc or a target stands behind it.
    Budget.WATCHERS: 2,
    # A zip: its folders (files.way_down), a file, and the list of all.
    Budget.DOWNLOADS: 12,
}
"""How many files and sockets whoever has a place may have open in the daemon."""


def kept(budget: Budget) -> int:
    """Places for owners that there are besides those of everybody."""
    return KEPT if budget in BRIEF else 0


class Displaced(Exception):
    """Somebody else has got the place, or there was none; `budget` says of what."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(f"too many {budget} at once")
        self.budget = budget


@dataclass(slots=True, eq=False)
class _TakenPlace:
    address: str
    owner: bool
    scope: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))
    free: asyncio.Event = field(default_factory=asyncio.Event)
    entered: bool = False


class Share:
    """`most` places at one moment. When all are taken a newcomer gets one all the same.

    It is that of the address which holds most of them, and of its places the oldest, so that
    whoever takes many takes them from himself. An owner loses his to nobody but an owner.

    Of what is `LASTING` or `BRIEF` it takes none of its own address, nor of one that holds as many:
    in the first case it is sent away, in the second it waits, and then owners go on first, then
    those of the address that holds the fewest, and of these whoever came first. Of what is `BRIEF`
    the first KEPT owners have places besides.
    """

    def __init__(self, budget: Budget, most: int) -> None:
        self.budget = budget
        self.most = most
        self.displaced = 0
        """How often a place was taken away or refused."""
        self._places: list[_TakenPlace] = []
        self._waiting: list[_TakenPlace] = []

    @property
    def places(self) -> int:
        """How many may be in use at one moment, those that are kept for owners too."""
        return self.most + kept(self.budget)

    @property
    def taken(self) -> int:
        """Places in use."""
        return len(self._places)

    @asynccontextmanager
    async def place(self, address: str, *, owner: bool = False) -> AsyncIterator[None]:
        """Have a place for the block; raises Displaced in it when another one gets it."""
        place = _TakenPlace(address_key(address), owner)
        try:
            if len(self._places) < self.most or self._is_kept_for(place):
                self._places.append(place)
            elif (loser := self._loser(place)) is place and self.budget in BRIEF:
                await self._wait(place)
            else:
                self._displace(loser, place)
                self._places.append(place)
            if place not in self._places:
                # Taken away again before whoever had waited for it came to its turn.
                raise Displaced(self.budget)
            async with place.scope:
                place.entered = True
                try:
                    yield
                finally:
                    if place not in self._places:
                        # Who did not wait since it was taken away is told here (`to_completion`).
                        await asyncio.sleep(0)
        except TimeoutError:
            if place.scope.expired():
                raise Displaced(self.budget) from None
            raise
        finally:
            if place in self._places:
                self._places.remove(place)
                self._let_next()

    def _is_kept_for(self, newcomer: _TakenPlace) -> bool:
        owners = sum(place.owner for place in self._places)
        return newcomer.owner and owners < kept(self.budget)

    async def _wait(self, newcomer: _TakenPlace) -> None:
        """Return with a place; raises Displaced where there is none for too long."""
        self._waiting.append(newcomer)
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await newcomer.free.wait()
        except TimeoutError:
            self.displaced += 1
            raise Displaced(self.budget) from None
        finally:
            if newcomer in self._waiting:
                self._waiting.remove(newcomer)

    def _let_next(self) -> None:
        """Give a place that has become free to one of those who wait, if there are any."""
        if not self._waiting:
            return
        held = Counter(place.address for place in self._places)
        following = min(self._waiting, key=lambda one: (not one.owner, held[one.address]))
        if len(self._places) >= self.most and not self._is_kept_for(following):
            return
        self._waiting.remove(following)
        self._places.append(following)
        following.free.set()

    def _loser(self, newcomer: _TakenPlace) -> _TakenPlace:
        """Whose place goes; the newcomer's own where he may have none."""
        guests = [place for place in self._places if not place.owner]
        others = guests or (self._places if newcomer.owner else [])
        if not others:
            return newcomer
        counts = Counter(place.address for place in others)
        counts[newcomer.address] += 1
        # Of two that hold as many the newcomer's address is not the one that loses.
        fullest = max(counts, key=lambda address: (counts[address], address != newcomer.address))
        lasts = self.budget in LASTING and not (newcomer.owner and guests)
        if (lasts or self.budget in BRIEF) and counts[fullest] == counts[newcomer.address]:
            return newcomer
        return next((place for place in others if place.address == fullest), newcomer)

    def _displace(self, loser: _TakenPlace, newcomer: _TakenPlace) -> None:
        self.displaced += 1
        if loser is newcomer:
            raise Displaced(self.budget)
        self._places.remove(loser)
        if loser.entered:
            loser.scope.reschedule(asyncio.get_running_loop().time())


class Budgets:
    """All shares of one daemon, by their names; `most` says how many places each has."""

    def __init__(self, most: Mapping[Budget, int]) -> None:
        self.shares = {budget: Share(budget, most[budget]) for budget in Budget}

    def __getitem__(self, budget: Budget) -> Share:
        return self.shares[budget]
