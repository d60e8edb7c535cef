"""Named tasks: who has ended, and that no error is lost on any way out."""

import asyncio
import logging

import pytest

from desktopd.tasks import NamedTasks


async def end() -> None:
    pass


async def fail(text: str) -> None:
    raise OSError(text)


async def stay() -> None:
    await asyncio.Event().wait()


async def fail_when_cancelled() -> None:
    try:
        await stay()
    finally:
        raise OSError("no way to end")


async def test_the_first_end_is_told_by_its_name() -> None:
    async with NamedTasks({"one": end(), "two": stay()}) as tasks:
        assert await tasks.first() == {"one"}
        assert tasks.errors == {}
        tasks.raise_error()


async def test_nobody_has_ended_when_the_time_is_over() -> None:
    async with NamedTasks({"one": stay()}) as tasks:
        assert await tasks.first(within=0.01) == frozenset()


async def test_of_two_errors_one_is_raised_and_the_other_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with NamedTasks({"one": fail("this"), "two": fail("that")}) as tasks:
        assert await tasks.first() == {"one", "two"}
        with pytest.raises(OSError, match="this"):
            tasks.raise_error()
    assert [(r.levelno, r.message) for r in caplog.records] == [(logging.ERROR, "two failed too")]


async def test_what_a_cancelled_task_raises_is_logged_and_no_error_of_its_own(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with NamedTasks({"one": end(), "two": fail_when_cancelled()}) as tasks:
        await tasks.first()
        await tasks.cancel()
        tasks.raise_error()
    assert [r.message for r in caplog.records] == ["two failed while it ended"]


async def test_a_task_that_is_spared_runs_until_the_end_of_the_block() -> None:
    ended = asyncio.Event()

    async def spared() -> None:
        try:
            await stay()
        finally:
            ended.set()

    async with NamedTasks({"one": end(), "spared": spared()}) as tasks:
        await tasks.first()
        await tasks.cancel(but=("spared",))
        assert not ended.is_set()
    assert ended.is_set()
