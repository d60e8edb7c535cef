"""Calls that block on the disk: few at once, person by person, and what is done has an owner."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from desktopd.files.errors import Missing
from desktopd.files.threads import THREADS, Disk, DiskThreads
from tests.unit.gate import Gate


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


async def turns_of_the_loop() -> None:
    for _ in range(20):
        await asyncio.sleep(0.001)


def asked(disk: Disk, gate: Gate, *names: str) -> list[asyncio.Task[str]]:
    return [asyncio.create_task(disk.run(gate.call, name)) for name in names]


async def test_results_and_errors_come_back() -> None:
    def fail() -> None:
        raise Missing("nothing", "look elsewhere")

    disk = DiskThreads().of("somebody")
    assert await disk.run(sorted, [2, 1], reverse=True) == [2, 1]
    for run in (disk.run, disk.finish):
        with pytest.raises(Missing, match="nothing"):
            await run(fail)


async def test_no_more_than_a_few_at_once_and_the_loop_goes_on(gate: Gate) -> None:
    threads = DiskThreads()
    calls = [
        call for one in range(2) for call in asked(threads.of(one), gate, *map(str, range(THREADS)))
    ]
    await gate.has_begun(THREADS)
    await turns_of_the_loop()
    assert len(gate.begun) == THREADS
    gate.open.set()
    await asyncio.gather(*calls)
    assert len(gate.begun) == 2 * THREADS


async def test_one_person_leaves_a_thread_to_others_and_no_order_to_himself(gate: Gate) -> None:
    threads = DiskThreads(3)
    first = asked(threads.of("first"), gate, *map(str, range(20)))
    await gate.has_begun(2)
    await turns_of_the_loop()
    assert gate.begun == ["0", "1"]
    others = asked(threads.of("second"), gate, "a", "b") + asked(threads.of("third"), gate, "c")
    await gate.has_begun(3)
    gate.open.set()
    await asyncio.gather(*first, *others)
    # Those of the others come after as many of the first as he has turns.
    assert all(gate.begun.index(name) < 8 for name in "abc")
    assert [name for name in gate.begun if name.isdecimal()] == [str(n) for n in range(20)]


async def test_what_has_not_begun_is_not_done_for_whoever_is_cancelled(gate: Gate) -> None:
    disk = DiskThreads(2).of("somebody")
    (running,) = asked(disk, gate, "running")
    await gate.has_begun(1)
    waiting = asked(disk, gate, "a", "b", "c")
    await turns_of_the_loop()
    for task in waiting[:2]:
        task.cancel()
    await asyncio.wait(waiting[:2])
    assert all(task.cancelled() for task in waiting[:2])
    gate.open.set()
    assert await asyncio.gather(running, waiting[2]) == ["running", "c"]
    assert gate.begun == ["running", "c"]


async def test_whoever_is_cancelled_has_what_is_opened_and_goes_no_further(gate: Gate) -> None:
    disk, had, went_on = DiskThreads().of("somebody"), list[str](), list[str]()

    async def use() -> None:
        opened = await disk.run(gate.call, "opened")
        try:
            had.append(opened)
            went_on.append(await disk.run(gate.call, "more"))
        finally:
            await disk.finish(lambda: had.append("closed"))

    task = asyncio.create_task(use())
    await gate.has_begun(1)
    for _ in range(3):
        task.cancel()
        await turns_of_the_loop()
        assert not task.done()
    gate.open.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert had == ["opened", "closed"]
    assert (gate.begun, went_on) == (["opened"], [])


async def test_a_failure_is_heard_of_by_whoever_is_cancelled(gate: Gate) -> None:
    heard = list[str]()

    def fail() -> None:
        gate.call()
        raise Missing("nothing", "look elsewhere")

    async def ask() -> None:
        try:
            await DiskThreads().of("somebody").run(fail)
        except Missing as error:
            heard.append(str(error))

    task = asyncio.create_task(ask())
    await gate.has_begun(1)
    task.cancel()
    await turns_of_the_loop()
    gate.open.set()
    await asyncio.wait([task])
    assert heard == ["nothing"]
    assert task.cancelled()


async def test_what_ends_something_is_done_first_and_in_any_case(gate: Gate) -> None:
    disk = DiskThreads(2).of("somebody")
    running = asked(disk, gate, "running", "waiting")
    await gate.has_begun(1)
    closing = asyncio.create_task(disk.finish(lambda: gate.begun.append("closed")))
    for _ in range(3):
        await turns_of_the_loop()
        closing.cancel()
    gate.open.set()
    await asyncio.wait([closing, *running])
    assert gate.begun == ["running", "closed", "waiting"]


async def test_a_call_that_can_be_is_interrupted() -> None:
    disk, begun, interrupted = DiskThreads().of("somebody"), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        assert interrupted.wait(30)

    task = asyncio.create_task(disk.interruptible(interrupted.set, work))
    while not begun.is_set():
        await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_a_time_that_is_over_amid_a_call_is_told_within_its_block(gate: Gate) -> None:
    disk = DiskThreads().of("somebody")

    async def use() -> str:
        try:
            async with asyncio.timeout(None) as scope:
                scopes.append(scope)
                await disk.run(gate.call)
                await asyncio.sleep(0)
        except TimeoutError:
            await asyncio.sleep(0)
            return "too late"
        return "in time"

    scopes = list[asyncio.Timeout]()
    task = asyncio.create_task(use())
    await gate.has_begun(1)
    scopes[0].reschedule(asyncio.get_running_loop().time())
    await turns_of_the_loop()
    gate.open.set()
    assert await task == "too late"
