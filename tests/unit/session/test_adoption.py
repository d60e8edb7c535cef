"""What an earlier daemon or a launcher leaves is the service. Real processes."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from desktopd.session.errors import LaunchError
from desktopd.session.family import end_family, family, mark_of
from desktopd.session.leftovers import end_unwanted
from desktopd.session.marks import MARK, marks_of, new_mark, only
from desktopd.session.process import Process, popen
from desktopd.session.procfs import start_time
from desktopd.session.runner import Runner
from desktopd.session.service import Restart, Service
from desktopd.session.state import StateFile
from desktopd.session.status import ServiceState
from tests.daemon import until
from tests.unit.session.runners import at_once, make, reach, running, sleeper


async def left(old: Runner) -> Runner:
    """One whose daemon has ended while its service ran."""
    task = asyncio.create_task(old.run())
    await reach(old, ServiceState.RUNNING)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return old


async def test_a_daemon_that_is_ended_at_once_ends_what_the_old_one_left(folder: Path) -> None:
    old = await left(make(folder, sleeper()))
    pid = old.status.pid
    assert pid is not None
    await make(folder, sleeper()).stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_new_daemon_adopts_what_the_old_one_left(folder: Path) -> None:
    old = await left(make(folder, sleeper()))
    async with running(make(folder, sleeper())) as new:
        await reach(new, ServiceState.RUNNING)
        assert new.status.pid == old.status.pid
        assert new.status.restarts == 0
        os.kill(new.status.pid or 0, signal.SIGKILL)
        await reach(new, ServiceState.RUNNING, 1)


async def test_a_left_process_with_another_command_is_replaced(folder: Path) -> None:
    old = await left(make(folder, sleeper()))
    other = Service("s", ("sleep", "61"), ready=at_once)
    async with running(make(folder, other)) as new:
        await reach(new, ServiceState.RUNNING)
        assert new.status.pid != old.status.pid
        assert not Path(f"/proc/{old.status.pid}/cwd").exists()


@contextlib.asynccontextmanager
async def detached(folder: Path, mark: str) -> AsyncIterator[int]:
    """What a start with this mark has left on its own: it leads a session, and its parent ended."""
    script = "setsid sleep 60 > /dev/null 2>&1 & echo $!"
    launcher = popen(("sh", "-c", script), {**os.environ, MARK: mark}, folder / "pid")
    launcher.wait()
    pid = int((folder / "pid").read_text().split()[-1])
    try:
        yield pid
    finally:
        await asyncio.to_thread(end_family, only(mark))


async def test_what_an_earlier_daemon_did_not_live_to_note_is_ended(folder: Path) -> None:
    state, mark, other = StateFile(folder / "state.json"), new_mark(folder), new_mark(folder)
    state.starting("s", mark)
    async with detached(folder, mark) as unnoted, detached(folder, other) as beside:
        await end_unwanted(StateFile(folder / "state.json"), wanted=("s",))
        assert start_time(unnoted) is None
        assert start_time(beside) is not None
    assert StateFile(folder / "state.json").starts == {}


async def test_a_start_is_noted_until_its_process_is(folder: Path) -> None:
    noted: list[dict[str, str]] = []
    runner = make(folder, sleeper())
    launch = runner._launch

    async def noting(mark: str) -> Process:
        noted.append(StateFile(folder / "state.json").starts)
        return await launch(mark)

    runner._launch = noting
    async with running(runner):
        await reach(runner, ServiceState.RUNNING)
        assert noted == [{"s": runner._mark}]
        assert StateFile(folder / "state.json").starts == {}
        assert mark_of(runner.status.pid or 0) == runner._mark


@pytest.mark.parametrize("fails", [True, False], ids=["that fails", "that is given up"])
async def test_a_start_without_a_process_is_noted_no_longer(folder: Path, *, fails: bool) -> None:
    begun = asyncio.Event()

    async def launch(_mark: str) -> Process:
        begun.set()
        if fails:
            raise LaunchError("no")
        return await asyncio.Future[Process]()

    runner = make(folder, sleeper(launch=launch, restart=Restart(attempts=1)))
    async with running(runner):
        await begun.wait()
        if fails:
            await runner.gave_up.wait()
    assert StateFile(folder / "state.json").starts == {}


def session_leaders(pids: Path, count: int) -> list[int]:
    """Those that this file names, once there are so many and each leads a session."""

    def leaders() -> list[int]:
        found = [int(pid) for pid in pids.read_text().split()]
        return found if len(found) == count and all(os.getsid(p) == p for p in found) else []

    return until(leaders, 30)


@pytest.mark.parametrize(
    "options", [{"forks": True}, {"keep_children": True}, {"restart": Restart(always=False)}]
)
async def test_what_outlives_a_service_outlives_the_daemon(
    folder: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one has left that has ended before, and what one that ends while there is no daemon."""
    monkeypatch.setattr("desktopd.session.runner.HANDS_OVER", 0.0)
    pids = folder / "pids"
    script = f"setsid sleep 60 > /dev/null 2>&1 & echo $! >> {pids}; exec sleep 60"
    service = sleeper(argv=("sh", "-c", script), **options)
    old = make(folder, service)
    task = asyncio.create_task(old.run())
    pids.touch()
    for life in (1, 2):
        await reach(old, ServiceState.RUNNING, life - 1)
        left_alone = await asyncio.to_thread(session_leaders, pids, life)
        if life == 2:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        old._asked.set()
        os.kill(old.status.pid or 0, signal.SIGTERM)
    await end_unwanted(StateFile(folder / "state.json"), wanted=("s",))
    async with running(make(folder, service)) as new:
        await reach(new, ServiceState.RUNNING)
        assert [start_time(pid) is not None for pid in left_alone] == [True, True]
    await asyncio.to_thread(end_family, marks_of(folder))


async def test_what_ends_before_it_is_noted_is_no_start_any_more(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.session.process.start_time", lambda _pid: None)
    service = sleeper(restart=Restart(always=False))
    async with running(make(folder, service)) as runner:
        await reach(runner, ServiceState.RUNNING)
        os.kill(runner.status.pid or 0, signal.SIGKILL)
        await reach(runner, ServiceState.STOPPED)
        assert StateFile(folder / "state.json").starts == {}


def forking(folder: Path, script: str, **options: object) -> Runner:
    """A service that is a launcher: ready once the file `ready` is there."""

    async def is_ready() -> bool:
        return (folder / "ready").exists()

    service = sleeper(argv=("sh", "-c", script), ready=is_ready, forks=True, **options)
    return make(folder, service)


async def test_what_a_launcher_leaves_is_the_service(folder: Path) -> None:
    async with running(forking(folder, "setsid sleep 60 & exit 0")) as runner:
        for turn in range(2):
            left = await heir(runner)
            assert runner.owns(left)
            assert runner.status.state is ServiceState.STARTING
            (folder / "ready").touch()
            await reach(runner, ServiceState.RUNNING, turn)
            (folder / "ready").unlink()
            if turn == 0:
                os.kill(left, signal.SIGKILL)
                await reach(runner, ServiceState.STARTING, 1)
    assert family(marks_of(folder)) == []


async def heir(runner: Runner) -> int:
    """The process that the launcher has left, once the runner knows it."""
    while True:
        pid = runner.status.pid
        with contextlib.suppress(FileNotFoundError):
            if pid is not None and Path(f"/proc/{pid}/comm").read_text() == "sleep\n":
                return pid
        await asyncio.sleep(0.005)


async def test_a_launcher_that_was_ready_leaves_the_service(folder: Path) -> None:
    (folder / "ready").touch()
    script = f"setsid sleep 60 & until [ -e {folder}/go ]; do sleep 0.01; done"
    async with running(forking(folder, script)) as runner:
        await reach(runner, ServiceState.RUNNING)
        launcher = runner.status.pid
        (folder / "go").touch()
        left = await heir(runner)
        assert left != launcher
        assert runner.status.state is ServiceState.RUNNING
        assert runner.status.restarts == 0
    assert family(marks_of(folder)) == []


async def test_what_a_service_that_had_come_to_stay_leaves_is_not_the_service(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.session.runner.HANDS_OVER", 0.0)
    (folder / "ready").touch()
    script = f"sleep 60 & until [ -e {folder}/go ]; do sleep 0.01; done; rm {folder}/go"
    async with running(forking(folder, script)) as runner:
        await reach(runner, ServiceState.RUNNING)
        (folder / "go").touch()
        await reach(runner, ServiceState.RUNNING, 1)


async def test_a_launcher_that_fails_leaves_nothing(folder: Path) -> None:
    async with running(forking(folder, "sleep 60 & exit 3")) as runner:
        await reach(runner, ServiceState.BACKOFF)
        assert "exited with status 3" in (runner.status.error or "")
    async with asyncio.timeout(30):
        while family(marks_of(folder)):
            await asyncio.sleep(0.005)
