from __future__ import annotations

import asyncio
import logging

import pytest

from desktopd.background_tasks import BackgroundTasks
from tests.unit.turns import until


class Expected(Exception):
    pass


async def fail(error: Exception) -> None:
    raise error


async def wait() -> None:
    await asyncio.Event().wait()


async def test_a_task_that_fails_is_logged_with_its_name(caplog: pytest.LogCaptureFixture) -> None:
    tasks = BackgroundTasks()
    failing = tasks.start(fail(ValueError("a bug")))
    await until(failing.done)
    await tasks.end()
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "fail" in record.message
    assert "a bug" in record.message
    assert record.exc_info


async def test_an_expected_failure_is_told_to_who_looks_for_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "desktopd.background_tasks")
    tasks = BackgroundTasks(Expected)
    tasks.start(fail(Expected("no more")))
    await until(lambda: caplog.records)
    assert [record.levelno for record in caplog.records] == [logging.DEBUG]


async def test_tasks_end_with_their_owner_and_a_failure_at_the_end_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks = BackgroundTasks()
    waiting, started = tasks.start(wait()), asyncio.Event()

    async def ends_badly() -> None:
        started.set()
        try:
            await wait()
        finally:
            raise ValueError("a bug at the end")

    bad = tasks.start(ends_badly())
    await started.wait()
    await tasks.end()
    assert waiting.cancelled()
    assert bad.done()
    assert "a bug at the end" in caplog.text
