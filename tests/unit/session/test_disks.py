"""What a disk may keep: threads that wait for it, and those who do not."""

import asyncio
from threading import Event

import pytest

from desktopd.session.disks import asked


async def test_what_is_asked_is_told_or_raised() -> None:
    assert await asked(lambda: 3, "somebody") == 3
    with pytest.raises(FileNotFoundError):
        await asked(lambda: open("/nowhere/at/all"), "somebody")  # noqa: SIM115


async def test_who_waits_is_told_and_has_the_answer_at_last(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("desktopd.session.disks.TOLD_AFTER", 0.01)
    answers = Event()
    asking = asyncio.create_task(asked(answers.wait, "xterm"))
    while not caplog.text:
        await asyncio.sleep(0.01)
    assert "xterm waits for a disk" in caplog.text
    assert not asking.done()
    answers.set()
    assert await asking


async def test_who_waits_no_more_leaves_it_behind() -> None:
    begun, answers, ended = Event(), Event(), Event()

    def work() -> None:
        begun.set()
        answers.wait()
        ended.set()

    asking = asyncio.create_task(asked(work, "xterm"))
    await asyncio.to_thread(begun.wait)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not ended.is_set()
    answers.set()
    assert await asyncio.to_thread(ended.wait, 30)
