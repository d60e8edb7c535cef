"""Work that many ask for at once: one at a time, and whoever gives up begins none beside it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from desktopd.shared_work import SharedWork


class Press:
    """Makes numbered pictures while its `gate` is open, and notes how many at once."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.made = self.making = self.most = 0

    async def __call__(self) -> int:
        self.making += 1
        self.most = max(self.most, self.making)
        await self.gate.wait()
        self.making -= 1
        self.made += 1
        return self.made


async def begun(count: int, work: SharedWork[int]) -> list[asyncio.Task[int]]:
    asking = [asyncio.create_task(work.result()) for _ in range(count)]
    for _ in range(5):
        await asyncio.sleep(0)
    return asking


async def test_who_asks_before_it_begins_has_it_together() -> None:
    press = Press()
    work = SharedWork(press)
    first = await begun(1, work)
    rest = await begun(20, work)
    press.gate.set()
    assert await asyncio.gather(*first, *rest) == [1] + [2] * 20
    assert (press.made, press.most) == (2, 1)


async def test_who_gives_up_begins_none_beside_it() -> None:
    press = Press()
    work = SharedWork(press)
    for _ in range(20):
        for asking in await begun(2, work):
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking
    assert (press.making, press.most) == (1, 1)
    last = await begun(1, work)
    press.gate.set()
    assert await asyncio.gather(*last) == [2]


async def test_works_of_one_turn_wait_for_each_other() -> None:
    press, turn = Press(), asyncio.Lock()
    works = [SharedWork(press, turn, rest=1) for _ in range(3)]
    asking = [*await begun(1, works[0]), *await begun(1, works[1]), *await begun(1, works[2])]
    press.gate.set()
    assert sorted(await asyncio.gather(*asking)) == [1, 2, 3]
    assert press.most == 1


async def test_a_failure_is_that_of_all_who_asked_and_of_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers = iter([OSError("no screen"), 7])

    async def work() -> int:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    shared = SharedWork(work)
    told = await asyncio.gather(*(shared.result() for _ in range(3)), return_exceptions=True)
    assert [str(one) for one in told] == ["no screen"] * 3
    assert await shared.result() == 7
    assert not caplog.records
