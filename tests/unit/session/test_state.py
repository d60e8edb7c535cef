"""The state file: what a daemon that dies leaves for the next one."""

import json
import os
from pathlib import Path

import pytest

from desktopd.session.state import Running, StateFile


def test_the_state_file_survives_a_crash_and_refuses_rubbish(folder: Path) -> None:
    path = folder / "state.json"
    state = StateFile(path)
    state.display_started(":7", "xvfb")
    state.started("display", Running(12, 345, ("Xvfb",)))
    again = StateFile(path)
    assert (again.display, again.backend) == (":7", "xvfb")
    assert again.processes["display"] == Running(12, 345, ("Xvfb",))
    again.ended("display")
    assert StateFile(path).processes == {}
    assert path.stat().st_mode & 0o777 == 0o600
    for rubbish in (
        "",
        "{",
        "[]",
        '{"boot": 1}',
        "[" * 200_000,
        path.read_text().replace('":7"', '"host:7"'),
        path.read_text().replace('"boot": "', '"boot": "x'),
    ):
        path.write_text(rubbish)
        assert StateFile(path).display is None


def test_a_command_may_be_any_bytes(folder: Path) -> None:
    running = Running(12, 345, (os.fsdecode(b"/home/\xe4/bin/program"),))
    StateFile(folder / "state.json").started("application", running)
    assert StateFile(folder / "state.json").processes == {"application": running}


def test_a_start_is_known_until_its_process_is_or_it_has_ended(folder: Path) -> None:
    path = folder / "state.json"
    marks = {"display": "a mark", "application": os.fsdecode(b"/home/\xe4:1")}
    for name, mark in marks.items():
        StateFile(path).starting(name, mark)
    assert StateFile(path).starts == marks
    StateFile(path).started("display", Running(12, 345, ("Xvfb",)))
    assert [*StateFile(path).starts] == ["application"]
    StateFile(path).ended("application")
    assert StateFile(path).starts == {}
    assert [*StateFile(path).processes] == ["display"]


def test_the_file_of_an_earlier_version_knows_no_starts(folder: Path) -> None:
    path = folder / "state.json"
    StateFile(path).started("display", Running(12, 345, ("Xvfb",)))
    before = json.loads(path.read_text())
    del before["starting"]
    path.write_text(json.dumps(before))
    assert [*StateFile(path).processes] == ["display"]
    assert StateFile(path).starts == {}


@pytest.mark.parametrize("pid", ["1e30", "0", "-1", '"1"', '"self"', '"\\u0000"', "[]", "null"])
def test_a_process_has_a_number_as_the_system_gives_them(folder: Path, pid: str) -> None:
    path = folder / "state.json"
    StateFile(path).started("display", Running(4711, 345, ("Xvfb",)))
    path.write_text(path.read_text().replace('"pid": 4711', f'"pid": {pid}'))
    assert StateFile(path).processes == {}


@pytest.mark.parametrize("name", ["state.json", "state.new"])
def test_a_pipe_in_its_place_holds_nobody_up(folder: Path, name: str) -> None:
    """Nor does it keep from the file what is to be noted."""
    path = folder / "state.json"
    path.touch()
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    state = StateFile(path)
    assert state.processes == {}
    state.started("display", Running(12, 345, ("Xvfb",)))
    assert [*StateFile(path).processes] == ["display"]


def test_processes_are_in_the_order_of_their_start(folder: Path) -> None:
    state = StateFile(folder / "state.json")
    for pid, name in enumerate(("display", "window_manager", "application"), 1):
        state.started(name, Running(pid, 1, (name,)))
    state.ended("window_manager")
    state.started("window_manager", Running(4, 1, ("openbox",)))
    assert [*StateFile(folder / "state.json").processes] == [
        "display",
        "application",
        "window_manager",
    ]


def test_a_disk_that_is_full_does_not_end_the_desktop(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = StateFile(folder / "missing" / "state.json")
    state.starting("display", "a mark")
    state.started("display", Running(12, 345, ("Xvfb",)))
    assert "state.json cannot be written" in caplog.text
    assert state.processes["display"].pid == 12


def test_the_file_has_room_for_more_processes_from_the_start(folder: Path) -> None:
    path = folder / "state.json"
    state = StateFile(path)
    state.started("display", Running(1, 1, ("Xvfb",)))
    size = path.stat().st_size
    for pid, name in enumerate(("bus", "window_manager", "rfb", "application"), 2):
        state.started(name, Running(pid, 1, ("a-program", "--with=arguments", "x" * 500)))
    assert path.stat().st_size == size
    assert len(StateFile(path).processes) == 5
