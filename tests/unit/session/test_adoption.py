"""What an earlier daemon or a launcher leaves is the service. Real processes."""

import asyncio
import contextlib
import os
import signal
from functools import partial
from pathlib import Path

import pytest

from desktopd.session.family import end_family, family
from desktopd.session.leftovers import end_unnoted
from desktopd.session.marks import MARK, marks_of, new_mark
from desktopd.session.process import Process, popen
from desktopd.session.procfs import start_time
from desktopd.session.runner import Runner
from desktopd.session.service import Service
from desktopd.session.status import ServiceState
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


@pytest.mark.parametrize("keep", [False, True])
async def test_what_an_earlier_daemon_did_not_live_to_note_is_ended(
    folder: Path, keep: bool
) -> None:
    """What a window manager has started goes on, where that has ended before."""
    service = sleeper(keep_children=keep)
    environment = {**os.environ, MARK: new_mark(folder, "s")}
    unnoted = popen(("sleep", "60"), environment, folder / "s.log")
    environment[MARK] = new_mark(folder, "s")
    script = "sleep 60 & echo $!"
    launcher = popen(("sh", "-c", script), environment, folder / "children")
    launcher.wait()
    child = int((folder / "children").read_text())
    environment[MARK] = new_mark(folder, "other")
    other = popen(("sleep", "60"), environment, folder / "s.log")
    runner = make(folder, service)
    runner._begin = partial(end_unnoted, folder, service)
    async with running(runner):
        await reach(runner, ServiceState.RUNNING)
        assert unnoted.wait() == -signal.SIGTERM
        assert (start_time(child) is not None) == keep
        assert other.poll() is None
        os.kill(runner.status.pid or 0, signal.SIGKILL)
        await reach(runner, ServiceState.RUNNING, 1)
    await asyncio.to_thread(end_family, marks_of(folder))
    other.wait()


async def test_what_was_noted_goes_on_with_what_it_has_started(folder: Path) -> None:
    old = await left(make(folder, sleeper()))
    environment = {**os.environ, MARK: new_mark(folder, "s")}
    child = popen(("sleep", "60"), environment, folder / "s.log")
    runner = make(folder, sleeper())
    runner._begin = partial(end_unnoted, folder, runner.service)
    async with running(runner):
        await reach(runner, ServiceState.RUNNING)
        assert runner.status.pid == old.status.pid
        os.kill(old.status.pid or 0, signal.SIGKILL)
        await reach(runner, ServiceState.RUNNING, 1)
        assert child.poll() is None
    child.kill()
    child.wait()


def forking(folder: Path, script: str, **options: object) -> Runner:
    """A service that is a launcher: ready once the file `ready` is there."""

    async def is_ready() -> bool:
        return (folder / "ready").exists()

    service = sleeper(argv=("sh", "-c", script), ready=is_ready, forks=True, **options)
    runner = make(folder, service)
    mark = new_mark(folder, "s")

    async def launch() -> Process:
        child = popen(service.argv, {**os.environ, MARK: mark}, folder / "s.log")
        return Process(child.pid, child, keep_children=True, mark=mark)

    runner._launch = launch
    return runner


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
