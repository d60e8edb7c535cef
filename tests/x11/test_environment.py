"""What leaks in, what an application is when it is ready, and what is left of it at the end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from desktopd.session.family import family
from desktopd.session.marks import marks_of
from desktopd.session.procfs import start_time
from tests.daemon import Daemon, until

Start = Callable[..., Daemon]
HERE = Path(__file__).parent
ELSEWHERE = {
    "QT_QPA_PLATFORM": "wayland",
    "GDK_BACKEND": "wayland",
    "WAYLAND_DISPLAY": "wayland-0",
    "DISPLAY": ":0",
    "LIBGL_ALWAYS_INDIRECT": "1",
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
    "SESSION_MANAGER": "local/nowhere:@/tmp/.ICE-unix/1",
    "QT_IM_MODULE": "ibus",
    "GTK_IM_MODULE": "ibus",
    "QT_QPA_PLATFORM_PLUGIN_PATH": "/nowhere",
    "QT_PLUGIN_PATH": "/nowhere",
    "XMODIFIERS": "@im=ibus",
    "LANG": "xx_YY.UTF-8",
    "LC_ALL": "xx_YY.UTF-8",
}
QT = f"{sys.executable} {HERE / 'windows_qt.py'}"
GTK = f"/usr/bin/python3 {HERE / 'windows_gtk.py'}"
BLANK = "import tkinter; root = tkinter.Tk(); root.configure(bg='black'); root.mainloop()"


def variables(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(line.split("=", 1) for line in lines if "=" in line)


def test_nothing_of_another_desktop_reaches_the_programs_and_their_bus_is_their_own(
    daemon: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    started = daemon(app=f"sh -c '{QT} & {GTK} & exec xterm -T terminal'", display="xvfb")
    started.ready()

    def titles() -> list[str]:
        return sorted(window["title"] for window in started.session()["windows"])

    until(lambda: titles() == [*2 * ["first"], *2 * ["second"], "terminal"], 30, "all windows")
    found = variables(started.pid("application"))
    assert {n for n, value in ELSEWHERE.items() if found.get(n) == value} == set()
    assert found["LANG"] == "C.UTF-8"

    until(lambda: started.service("bus")["state"] == "running", 30, "a bus")
    assert found["DBUS_SESSION_BUS_ADDRESS"] == f"unix:path={started.folder / 'run' / 'bus.sock'}"
    call = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
    done = subprocess.run(
        [*call, "org.freedesktop.DBus.GetId"], env=found, capture_output=True, check=True
    )
    assert b"string" in done.stdout
    pid = started.pid("bus")
    assert started.stop() == 0
    assert not Path(f"/proc/{pid}").exists()


def test_a_command_is_read_as_for_a_shell(
    daemon: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\nexec xterm\n")
    (tmp_path / "tool").chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    started = daemon(app='MINE="a b" QT_IM_MODULE=ibus ~/tool $HOME', display="xvfb")
    started.ready()
    found = variables(started.pid("application"))
    assert (found["MINE"], found["QT_IM_MODULE"]) == ("a b", "ibus")


def test_a_window_of_one_colour_is_ready_after_a_while(daemon: Start, tmp_path: Path) -> None:
    (tmp_path / "blank.py").write_text(BLANK)
    started = daemon(app=f"/usr/bin/python3 {tmp_path / 'blank.py'}", display="xvfb")
    until(lambda: started.session()["stage"] == "first_frame", 30, "a window")
    since = time.monotonic()
    started.ready(20)
    assert time.monotonic() - since > 1


def test_a_window_of_another_program_is_not_the_application(daemon: Start) -> None:
    started = daemon(app="sleep 60", display="xvfb")
    until(lambda: started.session()["stage"] == "application", 30, "the application")
    other = subprocess.Popen(["xterm"], env=started.environment())
    try:
        until(lambda: started.session()["windows"], 30, "its window")
        end = time.monotonic() + 1
        while time.monotonic() < end:
            assert started.session()["stage"] == "application"
    finally:
        other.terminate()
        other.wait()


@pytest.mark.parametrize("fork", ["xterm & exit 0", "setsid xterm & exit 0"])
def test_what_a_launcher_leaves_is_the_application(daemon: Start, fork: str) -> None:
    started = daemon(app=f"sh -c '{fork}'", display="xvfb")
    started.ready()
    pid = started.pid("application")
    assert Path(f"/proc/{pid}/exe").readlink().name == "xterm"
    assert started.service("application")["restarts"] == 0
    # A new daemon goes on with it.
    started.kill()
    started.start()
    started.ready()
    assert started.pid("application") == pid
    assert started.stop() == 0
    assert start_time(pid) is None


def test_what_a_launcher_leaves_on_a_plain_desktop_is_the_application(daemon: Start) -> None:
    started = daemon(app="sh -c 'setsid xterm & sleep 1'", display="xvfb", kiosk=False)
    started.ready()

    def is_xterm() -> bool:
        # The launcher may end between the two looks.
        with suppress(FileNotFoundError, ProcessLookupError):
            pid = started.service("application")["pid"]
            return Path(f"/proc/{pid}/comm").read_text() == "xterm\n"
        return False

    until(is_xterm, 30, "xterm")
    assert started.service("application")["restarts"] == 0
    assert len(family(marks_of(started.folder / "run"))) > 1


def test_what_has_left_the_applications_session_ends_with_the_desktop(daemon: Start) -> None:
    started = daemon(app="sh -c 'setsid sleep 300 & exec xterm'", display="xvfb")
    started.ready()
    mark = marks_of(started.folder / "run")
    until(lambda: len(family(mark)) > 2, 30, "all of them")
    assert started.stop() == 0
    assert family(mark) == []
