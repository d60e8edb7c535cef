"""Tasks that nobody waits for."""

from __future__ import annotations

import asyncio

import pytest

from desktopd.background_tasks import BackgroundTasks


async def fail() -> None:
    raise OSError("no disk")


async def test_a_failure_is_logged_and_ends_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    tasks, done = BackgroundTasks(), asyncio.Event()

    async def work() -> None:
        await asyncio.sleep(0)
        done.set()

    tasks.start(fail())
    tasks.start(work())
    await done.wait()
    (record,) = caplog.records
    assert record.exc_info
    assert str(record.exc_info[1]) == "no disk"
    await tasks.end()


async def test_the_end_waits_until_each_has_ended(caplog: pytest.LogCaptureFixture) -> None:
    tasks, ended = BackgroundTasks(), []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    tasks.start(work())
    await asyncio.sleep(0)
    await tasks.end()
    assert ended == [True]
    assert not caplog.records
