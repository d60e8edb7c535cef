"""What a daemon that died has left: told, ended, and nothing of it that is still wanted."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktopd.session.leftovers import end_leftovers, end_unwanted, leftovers
from desktopd.session.procfs import start_time
from desktopd.session.state import Running, StateFile
from tests.daemon import until

Leave = Callable[..., int]


@pytest.fixture
def leave(folder: Path) -> Iterator[Leave]:
    """Leaves a process as a dead daemon would: leave(service, command) returns its pid."""
    children: list[subprocess.Popen[bytes]] = []

    def leave(name: str, *command: str) -> int:
        child = subprocess.Popen(command or ("sleep", "60"), start_new_session=True)
        children.append(child)
        started = start_time(child.pid)
        assert started is not None
        state = StateFile(folder / "state.json")
        state.display_started(":7", "xvfb")
        state.started(name, Running(child.pid, started, command))
        return child.pid

    yield leave
    for child in children:
        child.kill()
        child.wait()


async def test_everything_that_runs_is_ended_and_forgotten(folder: Path, leave: Leave) -> None:
    pids = {leave("display"), leave("application")}
    (folder / "rfb.sock").touch()
    assert {left.pid for left in leftovers(folder)} == pids
    await end_leftovers(folder)
    assert {pid for pid in pids if start_time(pid) is not None} == set()
    assert [*folder.iterdir()] == []


async def test_what_started_last_ends_first(folder: Path, leave: Leave) -> None:
    log = folder / "ends"
    for name in ("display", "window_manager", "application"):
        ready = folder / f"{name}.ready"
        script = f"trap 'echo {name} >> {log}; exit' TERM; touch {ready}; sleep 60 & wait"
        leave(name, "sh", "-c", script)
        until(ready.exists, 30, f"the start of {name}")
    await end_leftovers(folder)
    assert log.read_text().split() == ["application", "window_manager", "display"]


async def test_a_service_that_is_still_wanted_is_left_to_its_runner(
    folder: Path, leave: Leave
) -> None:
    """An x11vnc, say, of a session that shows its display by itself now."""
    display, rfb = leave("display"), leave("rfb")
    state = StateFile(folder / "state.json")
    await end_unwanted(state, wanted=("display", "application"))
    assert start_time(rfb) is None
    assert start_time(display) is not None
    assert [*StateFile(folder / "state.json").processes] == ["display"]


def test_a_process_that_took_over_a_pid_is_not_ours(folder: Path) -> None:
    started = start_time(os.getpid())
    assert started is not None
    state = StateFile(folder / "state.json")
    state.display_started(":7", "xvfb")
    state.started("display", Running(os.getpid(), started + 1, ()))
    assert leftovers(folder) == []
