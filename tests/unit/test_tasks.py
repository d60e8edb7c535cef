"""Named tasks: who has ended, and that no error is lost on any way out."""

import asyncio
import logging
from contextlib import suppress

import pytest

from desktopd import tasks as tasks_module
from desktopd.tasks import NamedTasks, kept_up, race, to_completion


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


async def test_nobody_has_ended_when_the_time_is_over() -> None:
    async with NamedTasks({"one": stay()}) as tasks:
        assert await tasks.first(within=0.01) == frozenset()


async def test_of_two_errors_one_is_raised_and_the_other_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def block() -> None:
        async with NamedTasks({"one": fail("this"), "two": fail("that")}) as tasks:
            assert await tasks.first() == {"one", "two"}
            assert [*tasks.errors] == ["one", "two"]

    with pytest.raises(OSError, match="this"):
        await block()
    assert [(r.levelno, r.message) for r in caplog.records] == [(logging.ERROR, "two failed too")]


async def test_an_error_of_the_block_itself_hides_none_of_the_tasks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def block() -> None:
        async with NamedTasks({"one": fail("this")}) as tasks:
            await tasks.first()
            raise ValueError("of the block")

    with pytest.raises(ValueError, match="of the block"):
        await block()
    assert [r.message for r in caplog.records] == ["one failed too"]


async def test_what_a_cancelled_task_raises_is_logged_and_no_error_of_its_own(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with NamedTasks({"one": end(), "two": fail_when_cancelled()}) as tasks:
        await tasks.first()
        await tasks.cancel()
        assert tasks.errors == {}
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


async def say(text: str) -> str:
    return text


async def fail_late(started: asyncio.Event) -> str:
    started.set()
    try:
        await asyncio.Event().wait()
    finally:
        raise ValueError("a bug at the end")


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
    with pytest.raises(OSError, match="a bug"):
        await race(stay(), fail("a bug"))


async def test_what_a_loser_raises_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert await race(fail_late(asyncio.Event()), say("won")) == "won"
    assert "a bug at the end" in caplog.text


async def test_who_cancels_a_race_cancels_all_in_it(caplog: pytest.LogCaptureFixture) -> None:
    started = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(race(*map(fail_late, started)))
    for one in started:
        await one.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert caplog.text.count("a bug at the end'") == 2


async def test_what_fails_begins_anew_and_the_same_error_is_told_whole_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tasks_module, "FIRST_PAUSE", 0.001)
    said = iter(["this", "this", "that"])

    async def work() -> str:
        if (text := next(said, None)) is not None:
            await fail(text)
        return "done"

    assert await kept_up("work", work) == "done"
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, True]
    assert "work failed and begins anew in 0.001 s" in caplog.text


async def test_the_pauses_before_it_begins_anew_grow_to_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []

    async def sleep(pause: float) -> None:
        pauses.append(pause)
        if len(pauses) == 12:
            raise asyncio.CancelledError

    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await kept_up("work", lambda: fail("always"))
    assert pauses == [min(2.0**n, 300.0) for n in range(12)]


async def test_what_does_not_end_in_time_is_left(caplog: pytest.LogCaptureFixture) -> None:
    released = asyncio.Event()

    async def hang() -> None:
        while not released.is_set():
            with suppress(asyncio.CancelledError):
                await released.wait()

    async with asyncio.timeout(5):
        async with NamedTasks({"one": hang(), "two": stay()}, patience=0.01) as tasks:
            await asyncio.sleep(0)
            await tasks.cancel("two")
            assert not caplog.records
            await tasks.cancel()
    assert [record.getMessage() for record in caplog.records] == [
        "one does not end, and is left as it is"
    ]
    released.set()


async def test_who_is_patient_with_a_task_waits_for_it_in_any_case() -> None:
    ended = False

    async def slow() -> None:
        nonlocal ended
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            ended = True

    async with NamedTasks({"one": slow()}, patience=0.001, patient=("one",)) as tasks:
        await asyncio.sleep(0)
        await tasks.cancel()
        assert ended


@pytest.mark.parametrize("cancels", [0, 1, 3])
async def test_what_is_completed_is_had_by_whoever_is_cancelled_where_he_waits_next(
    cancels: int,
) -> None:
    goes_on, had, interrupted = asyncio.Event(), list[str](), list[int]()

    async def work() -> str:
        await goes_on.wait()
        return "result"

    async def ask() -> None:
        had.append(await to_completion(work(), lambda: interrupted.append(1)))
        had.append("noted")
        await asyncio.sleep(0)
        had.append("more")

    task = asyncio.create_task(ask())
    await asyncio.sleep(0)
    for _ in range(cancels):
        task.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not task.done()
    goes_on.set()
    await asyncio.wait([task])
    assert task.cancelled() is bool(cancels)
    assert task.cancelling() == cancels
    assert had == ["result", "noted"] + ["more"] * (not cancels)
    assert len(interrupted) == cancels


async def test_whoever_is_cancelled_before_it_completes_hears_of_its_failure() -> None:
    heard = list[str]()

    async def ask(name: str) -> None:
        with pytest.raises(OSError, match="broken"):
            await to_completion(fail("broken"))
        heard.append(name)
        await stay()

    task = asyncio.create_task(ask("before its first step"))
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    other = asyncio.create_task(ask("in it"))
    await asyncio.sleep(0)
    other.cancel()
    await asyncio.wait([other])
    assert other.cancelled()
    # Cancelled before its first step, the other one has begun nothing.
    assert heard == ["in it"]
