from __future__ import annotations

import asyncio
import logging

import pytest

from desktopd.tasks import Tasks, race
from tests.unit.turns import until


class Expected(Exception):
    pass


async def fail(error: Exception) -> None:
    raise error


async def wait() -> None:
    await asyncio.Event().wait()


async def say(text: str) -> str:
    return text


async def fail_when_cancelled(started: asyncio.Event) -> str:
    started.set()
    try:
        await asyncio.Event().wait()
    finally:
        raise ValueError("a bug at the end")


async def test_a_task_that_fails_is_logged_with_its_owner(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks("the owner")
    failing = tasks.spawn(fail(ValueError("a bug")))
    await until(failing.done)
    await tasks.end()
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "the owner" in record.message
    assert "a bug" in record.message
    assert record.exc_info


async def test_an_expected_failure_is_told_to_who_looks_for_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "desktopd.tasks")
    tasks = Tasks("the owner", Expected)
    tasks.spawn(fail(Expected("no more")))
    await until(lambda: caplog.records)
    assert [record.levelno for record in caplog.records] == [logging.DEBUG]


async def test_tasks_end_with_their_owner_and_a_failure_at_the_end_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks = Tasks("the owner")
    waiting, started = tasks.spawn(wait()), asyncio.Event()

    async def ends_badly() -> None:
        await fail_when_cancelled(started)

    bad = tasks.spawn(ends_badly())
    await started.wait()
    await tasks.end()
    assert waiting.cancelled()
    assert bad.done()
    assert "a bug at the end" in caplog.text


async def test_the_first_wins_and_the_others_are_cancelled() -> None:
    cancelled = asyncio.Event()

    async def lose() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return "lost"

    assert await race(lose(), say("won")) == "won"
    assert cancelled.is_set()


async def test_what_the_first_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="a bug"):
        await race(wait(), fail(ValueError("a bug")))


async def test_what_a_loser_raises_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert await race(fail_when_cancelled(asyncio.Event()), say("won")) == "won"
    assert "a bug at the end" in caplog.text


async def test_who_cancels_a_race_cancels_all_in_it(caplog: pytest.LogCaptureFixture) -> None:
    started = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(race(*map(fail_when_cancelled, started)))
    for one in started:
        await one.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert caplog.text.count("a bug at the end'") == 2
