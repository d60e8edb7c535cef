"""A daemon and who asks for it, over the socket in its folder."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from desktopd.control import report
from desktopd.control.report import NAME, Report, Reporter, RunningDaemon, find_daemon
from desktopd.session.errors import SessionError
from tests.daemon import until

REPORT = Report("http://127.0.0.1:8888/?token=t", 8888, "localhost::5900", "ready", ("view",))


def ask(folder: Path) -> RunningDaemon | None:
    with find_daemon(folder) as found:
        return found


@asynccontextmanager
async def reporting(folder: Path) -> AsyncIterator[None]:
    serving = asyncio.create_task(Reporter(folder, lambda: REPORT).serve())
    await asyncio.to_thread(until, (folder / NAME).exists, 10, "the socket")
    try:
        yield
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def test_whoever_asks_hears_the_report_and_who_gave_it(folder: Path) -> None:
    async with reporting(folder):
        found = await asyncio.to_thread(ask, folder)
        assert (folder / NAME).stat().st_mode & 0o777 == 0o600
    assert found is not None
    assert (found.pid, found.report) == (os.getpid(), REPORT)
    assert not (folder / NAME).exists()
    assert ask(folder) is None


async def test_the_socket_of_a_dead_daemon_is_replaced(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(folder / NAME))
    assert ask(folder) is None
    serving = asyncio.create_task(Reporter(folder, lambda: REPORT).serve())
    found = None
    async with asyncio.timeout(10):
        while found is None:
            found = await asyncio.to_thread(ask, folder)
    serving.cancel()
    assert found.report == REPORT


@pytest.mark.skipif(os.getuid() != 0, reason="gives a folder to somebody else: only root can")
@pytest.mark.parametrize("parent", [False, True])
async def test_nobody_plays_a_daemon_in_a_folder_that_he_made_before(
    folder: Path, parent: bool
) -> None:
    place = folder / "desktopd-1000" / "job-7"
    place.mkdir(parents=True)
    async with reporting(place):
        os.chown(place.parent if parent else place, 65534, 65534)
        with pytest.raises(SessionError, match="belongs to user 65534"):
            await asyncio.to_thread(ask, place)


def test_a_daemon_that_hears_nobody_is_told_of_by_its_lock(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as hung, socket.socket(socket.AF_UNIX) as asker:
        hung.bind(str(folder / NAME))
        hung.listen(0)
        asker.connect(str(folder / NAME))
        with pytest.raises(SessionError, match=f"does not answer.*{folder}/lock"):
            ask(folder)


def test_a_daemon_that_does_not_answer_is_there_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "ANSWER_WITHIN", 0.1)
    with socket.socket(socket.AF_UNIX) as hung:
        hung.bind(str(folder / NAME))
        hung.listen()
        found = ask(folder)
    assert found is not None
    assert (found.pid, found.report) == (os.getpid(), None)


def test_a_folder_that_takes_no_socket_is_named_before_anything_begins(folder: Path) -> None:
    (folder / NAME).mkdir()
    with pytest.raises(SessionError, match=r"ctl\.sock: Is a directory; remove it, or set another"):
        Reporter(folder, lambda: REPORT)


@pytest.mark.parametrize("told", [b"{}", b"[" * 100_000, b'{"address": 1}', b"\xff"])
def test_a_daemon_of_another_version_is_there_all_the_same(folder: Path, told: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(folder / NAME))
        other.listen()
        with ThreadPoolExecutor() as threads:
            asking = threads.submit(ask, folder)
            with other.accept()[0] as asker:
                asker.sendall(told)
            found = asking.result(timeout=10)
    assert found is not None
    assert (found.pid, found.report) == (os.getpid(), None)


def test_the_address_with_its_token_is_in_no_log() -> None:
    assert "token" not in repr(REPORT)
