"""The share that a viewer's messages have of the loop."""

from __future__ import annotations

import asyncio

import pytest

from desktopd.rfb.viewers.work_share import TURN, WorkShare
from tests.unit.clock import Clock


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of all rests, none of which lasts."""
    told: list[float] = []

    async def sleep(seconds: float) -> None:
        told.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return told


async def test_a_turn_is_as_long_as_the_rest_after_it(slept: list[float]) -> None:
    clock = Clock()
    share = WorkShare(clock=clock)
    clock.now += TURN * 3
    await share.rest()
    assert slept == [pytest.approx(TURN * 3)]
    await share.rest()
    assert len(slept) == 1, "a new turn has begun"


async def test_short_work_needs_no_rest_and_waiting_is_no_work(slept: list[float]) -> None:
    clock = Clock()
    share = WorkShare(clock=clock)
    clock.now += TURN / 2
    await share.rest()
    clock.now += 60
    share.begin()
    await share.rest()
    assert slept == []


async def test_much_that_is_short_is_much(slept: list[float]) -> None:
    clock = Clock()
    share = WorkShare(clock=clock)
    for _ in range(12):
        share.begin()
        clock.now += TURN / 10
        await share.rest()
    assert slept == [pytest.approx(TURN * 1.1)]


async def test_those_who_watch_rest_one_after_the_other() -> None:
    watchers = asyncio.Lock()
    clock, resting = Clock(), 0
    most = 0

    class Counted(WorkShare):
        async def _sleep(self, seconds: float) -> None:
            nonlocal resting, most
            resting += 1
            most = max(most, resting)
            await super()._sleep(0)
            resting -= 1

    async def work() -> None:
        share = Counted(watchers, clock)
        for _ in range(10):
            share.begin()
            clock.now += TURN
            await share.rest()

    await asyncio.gather(work(), work(), work())
    assert most == 1


async def test_others_have_their_turn_while_one_viewer_says_much() -> None:
    share, turns = WorkShare(), 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    waiting = asyncio.create_task(other())
    for _ in range(50):
        sum(range(100_000))
        await share.rest()
    waiting.cancel()
    assert turns > 3
