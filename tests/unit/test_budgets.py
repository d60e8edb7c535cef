"""Places that others than the owner may take, and whose goes when there are none left."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from desktopd.budgets import KEPT, Budget, Displaced, Share
from desktopd.tasks import to_completion
from tests.unit.turns import until


class Guest:
    """Somebody who keeps a place until it is taken from him."""

    def __init__(self, share: Share, address: str, *, owner: bool = False) -> None:
        self.inside = asyncio.Event()
        self.address = address
        self._share = share
        self._owner = owner
        self.task = asyncio.create_task(self._stay())

    async def _stay(self) -> None:
        async with self._share.place(self.address, owner=self._owner):
            self.inside.set()
            await asyncio.Event().wait()

    @property
    def gone(self) -> bool:
        return self.task.done() and isinstance(self.task.exception(), Displaced)


async def guests(share: Share, *addresses: str, owner: bool = False) -> list[Guest]:
    """One after the other."""
    came = []
    for address in addresses:
        came.append(Guest(share, address, owner=owner))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await asyncio.sleep(0.001)
    return came


async def leave(*all_guests: Guest) -> None:
    for guest in all_guests:
        guest.task.cancel()
    await asyncio.gather(*(guest.task for guest in all_guests), return_exceptions=True)


def of(gone: list[Guest]) -> list[bool]:
    return [guest.gone for guest in gone]


async def test_whoever_takes_many_places_takes_them_from_himself() -> None:
    share = Share(Budget.STRANGERS, 3)
    came = await guests(share, "192.0.2.1", *["192.0.2.66"] * 8, "192.0.2.2")
    assert of([came[0], came[-1]]) == [False, False]
    assert of(came[1:-1]) == [True] * 7 + [False]
    assert (share.taken, share.displaced) == (3, 7)
    await leave(*came)
    assert share.taken == 0


async def test_an_ipv6_host_is_one_address() -> None:
    share = Share(Budget.STRANGERS, 3)
    came = await guests(share, "192.0.2.1", *(f"2001:db8::{n}" for n in range(1, 6)), "192.0.2.2")
    assert of(came) == [False, True, True, True, True, False, False]
    await leave(*came)


async def test_silence_from_many_addresses_closes_nothing() -> None:
    share = Share(Budget.STRANGERS, 4)
    came = await guests(share, *(f"192.0.2.{n}" for n in range(20)))
    assert of(came) == [True] * 16 + [False] * 4
    await leave(*came)


async def test_an_owner_loses_no_place_to_a_guest() -> None:
    share = Share(Budget.CAPTURES, 2)
    owners = await guests(share, "192.0.2.9", "192.0.2.9", owner=True)
    with pytest.raises(Displaced, match="too many captures at once"):
        async with share.place("192.0.2.66"):
            pass
    assert of(owners) == [False, False]
    owners += await guests(share, "192.0.2.9", owner=True)
    assert of(owners) == [True, False, False]
    await leave(*owners)


async def test_an_owner_takes_the_place_of_a_guest_behind_the_same_proxy() -> None:
    share = Share(Budget.CAPTURES, 2)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(share.place("unix", owner=True))
        (guest,) = await guests(share, "unix")
        await stack.enter_async_context(share.place("unix", owner=True))
        await asyncio.sleep(0.001)
        assert guest.gone


async def test_places_that_last_are_kept_by_whoever_came_first() -> None:
    share = Share(Budget.WATCHERS, 2)
    came = await guests(share, "192.0.2.1", "192.0.2.2", "192.0.2.3")
    assert of(came) == [False, False, True]
    await leave(*came)


async def test_places_that_last_are_no_single_address_to_have() -> None:
    share = Share(Budget.WATCHERS, 3)
    came = await guests(share, *["192.0.2.66"] * 5, "192.0.2.1")
    assert of(came) == [True, False, False, True, True, False]
    await leave(*came)


async def test_a_timeout_of_the_block_is_its_own() -> None:
    share = Share(Budget.STRANGERS, 1)
    with pytest.raises(TimeoutError):
        async with share.place("192.0.2.1"), asyncio.timeout(0):
            await asyncio.Event().wait()
    assert (share.taken, share.displaced) == (0, 0)


async def test_whoever_does_not_wait_any_more_hears_that_his_place_is_gone() -> None:
    share, goes_on, had = Share(Budget.CAPTURES, 1), asyncio.Event(), list[str]()

    async def use() -> None:
        try:
            async with share.place("192.0.2.1"):
                await to_completion(goes_on.wait())
                had.append("result")
        except Displaced:
            had.append("displaced")
        await asyncio.sleep(0)
        had.append("end")

    using = asyncio.create_task(use())
    await until(lambda: share.taken)
    async with share.place("192.0.2.1"):
        await until(using.cancelling)
        goes_on.set()
        await using
    assert had == ["result", "displaced", "end"]


async def test_of_what_is_soon_over_those_of_one_address_wait_for_each_other() -> None:
    """Else each of many who ask takes the place of one whose question is nearly answered."""
    share = Share(Budget.LOOKUPS, 3)
    came = await guests(share, *["192.0.2.66"] * 6)
    came += await guests(share, "192.0.2.1")
    assert came.pop(0).gone, "an address has no places beside one that holds none"
    assert of(came) == [False] * 6
    order = []
    while came:
        before = [guest for guest in came if guest.inside.is_set()]
        assert len(before) == min(3, len(came))
        await leave(before[0])
        came.remove(before[0])
        order += [guest for guest in came if guest.inside.is_set() and guest not in before]
    assert len(order) == 3
    assert (share.taken, share.displaced) == (0, 1)


async def test_of_what_is_soon_over_owners_wait_for_nobody_else() -> None:
    share = Share(Budget.LOOKUPS, 2)
    strangers = await guests(share, *(f"192.0.2.{number}" for number in range(1, 6)))
    owners = await guests(share, *["198.51.100.1"] * (KEPT + 1), owner=True)
    assert [owner.inside.is_set() for owner in owners] == [True] * KEPT + [False]
    await leave(owners[0])
    assert owners[-1].inside.is_set()
    await leave(*owners[1:])
    assert [one.inside.is_set() for one in strangers] == [True] * 2 + [False] * 3
    await leave(*strangers)
    assert (share.taken, share.displaced) == (0, 0)


async def test_whoever_waits_and_leaves_has_no_place_and_a_wait_has_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    share = Share(Budget.LOOKUPS, 1)
    (inside, gone, next_one) = await guests(share, "192.0.2.1", "192.0.2.2", "192.0.2.3")
    assert of([inside, gone, next_one]) == [False] * 3
    await leave(gone)
    monkeypatch.setattr("desktopd.budgets.WAIT_SECONDS", 0.0)
    (late,) = await guests(share, "192.0.2.4")
    assert late.gone
    await leave(inside)
    await asyncio.sleep(0.001)
    assert next_one.inside.is_set()
    await leave(next_one)
    assert (share.taken, share.displaced) == (0, 1)


async def test_a_place_that_is_taken_again_before_its_turn_is_one_less() -> None:
    share = Share(Budget.LOOKUPS, 2)
    inside = await guests(share, *["192.0.2.66"] * 2)
    waiting = await guests(share, *["192.0.2.66"] * 2)
    for guest in inside:
        guest.task.cancel()
    # In the turn in which those who wait are given their places somebody else comes.
    other = Guest(share, "192.0.2.1")
    await asyncio.sleep(0.001)
    assert other.inside.is_set()
    assert sorted(guest.gone for guest in waiting) == [False, True]
    assert share.taken == 2
    for guest in (other, *waiting):
        if not guest.gone:
            await leave(guest)
    assert share.taken == 0
