"""Calls that block on the disk: few at once, the loop goes on, and none is left behind."""

from __future__ import annotations

import asyncio
import threading

import pytest

from desktopd.files.errors import Missing
from desktopd.files.threads import THREADS, DiskThreads


async def test_results_and_errors_come_back() -> None:
    def fail() -> None:
        raise Missing("nothing", "look elsewhere")

    disk = DiskThreads()
    assert await disk.run(sorted, [2, 1], reverse=True) == [2, 1]
    with pytest.raises(Missing, match="nothing"):
        await disk.run(fail)


async def test_no_more_than_a_few_at_once_and_the_loop_goes_on() -> None:
    disk, gate, running = DiskThreads(), threading.Event(), threading.Semaphore(0)

    def block() -> None:
        running.release()
        gate.wait(10)

    async with asyncio.TaskGroup() as group:
        for _ in range(3 * THREADS):
            group.create_task(disk.run(block))
        while running._value < THREADS:
            await asyncio.sleep(0.001)
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert running._value == THREADS
        gate.set()
    assert running._value == 3 * THREADS


@pytest.mark.parametrize("fails", [False, True])
async def test_whoever_is_cancelled_hears_of_it_when_the_call_has_ended(fails: bool) -> None:
    disk, begun, gate = DiskThreads(), threading.Event(), threading.Event()

    def block() -> None:
        begun.set()
        gate.wait(10)
        if fails:
            raise Missing("nothing", "look elsewhere")

    task = asyncio.create_task(disk.run(block))
    while not begun.is_set():
        await asyncio.sleep(0.001)
    for _ in range(3):
        task.cancel()
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert not task.done()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
