from __future__ import annotations

import asyncio

import pytest

from desktopd.race import race


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
