"""What the system has no more of is waited for, and is no failure of anybody."""

from __future__ import annotations

import asyncio
import errno
import logging
import os

import pytest

from desktopd import lacks
from desktopd.lacks import is_lack, is_lack_of_start, outlast
from desktopd.session.errors import LaunchError

NO_THREAD = RuntimeError("can't start new thread")
LACKS = (
    *(OSError(n, os.strerror(n)) for n in (errno.EMFILE, errno.ENFILE, errno.ENOMEM)),
    MemoryError(),
    NO_THREAD,
)


@pytest.mark.parametrize("lack", LACKS, ids=repr)
async def test_work_is_begun_again_while_something_lacks_which_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, lack: Exception
) -> None:
    monkeypatch.setattr(lacks, "AGAIN", 0.01)
    caplog.set_level(logging.WARNING)
    failures = [lack] * 3

    async def work() -> str:
        if failures:
            raise failures.pop()
        return "done"

    assert await outlast(work) == "done"
    assert caplog.text.count("trying again") == 1


@pytest.mark.parametrize(
    "other", [FileNotFoundError(errno.ENOENT, "missing"), RuntimeError("x"), asyncio.QueueEmpty()]
)
async def test_another_error_is_raised(other: Exception) -> None:
    async def work() -> None:
        raise other

    with pytest.raises(type(other)):
        await outlast(work)


def test_a_lack_is_known_by_what_was_raised_from_it() -> None:
    full = BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
    with pytest.raises(LaunchError) as raised:
        raise LaunchError("xterm: cannot be started") from full
    assert is_lack_of_start(raised.value)
    # X's queue of connections that is full, say, is X's.
    assert not is_lack(raised.value)
