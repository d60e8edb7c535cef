"""The whole session on real X servers: start, faults, adoption, stop."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from desktopd.session.logs import LIMIT
from desktopd.session.procfs import start_time
from desktopd.session.shm import segments_of
from tests.daemon import ROOT, Daemon, daemons, short_folder, until
from tests.window_tree import window_tree

Start = Callable[..., Daemon]

SERVICES = ["display", "bus", "window_manager", "rfb", "application"]
BACKENDS = ["xvfb", "xdummy", "xvnc"]


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Daemon]:
    """A kiosk with an application that starts quickly, and every service a process of its own."""
    with short_folder() as folder, daemons(folder) as start:
        yield start(app="xterm", display="xvfb", rfb="x11vnc")


@pytest.fixture
def desktop(kiosk: Daemon) -> Daemon:
    return kiosk.whole()


def kill(daemon: Daemon, name: str, number: int = signal.SIGKILL) -> int:
    pid = daemon.pid(name)
    os.kill(pid, number)
    return pid


def back(daemon: Daemon, name: str, old: int) -> dict[str, Any]:
    """Wait until service `name` runs with another pid than `old`, and all is ready."""

    def running() -> bool:
        service = daemon.service(name)
        return service["state"] == "running" and service["pid"] != old

    until(running, 30, f"a new {name}")
    return daemon.ready(30)


def listening(pids: set[int]) -> set[str]:
    """Every TCP and unix address that processes listen on: ``ss``'s own words.

    With -l it also tells those of unix that are only kept.
    """
    lines = subprocess.run(
        ["ss", "-Hlnptx"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    theirs = [line.split() for line in lines if any(f"pid={pid}," in line for pid in pids)]
    return {address for _, state, _, _, address, *_ in theirs if state == "LISTEN"}


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_desktop_starts_on_each_x_server(daemon: Start, backend: str) -> None:
    desktop = daemon(app="xterm", display=backend, size="1001x701")
    session = desktop.ready()
    assert session["stage"] == "ready"
    assert session["display"]["backend"] == backend
    assert (session["display"]["width"], session["display"]["height"]) == (1001, 701)
    states = {s["name"]: s["state"] for s in session["services"]}
    assert states == dict.fromkeys(SERVICES, "running")
    screen = subprocess.run(
        ["xdpyinfo"], env=desktop.environment(), capture_output=True, text=True, check=True
    ).stdout
    assert "dimensions:    1001x701 pixels" in screen
    assert "resolution:    96x96" in screen
    assert all(name in screen for name in ("GLX", "RANDR", "RENDER", "Composite"))
    authority = Path(session["display"]["xauthority"])
    assert authority.stat().st_mode & 0o777 == 0o600
    assert authority.parent.stat().st_mode & 0o777 == 0o700
    assert (authority.parent / "rfb.sock").stat().st_mode & 0o777 == 0o600
    stranger = subprocess.run(
        ["xdpyinfo"],
        env={**desktop.environment(), "XAUTHORITY": "/dev/null"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert stranger.returncode != 0

    pids = {s["pid"] for s in session["services"]} | {desktop.process.pid}
    port = desktop.base.rsplit(":", 1)[1]
    display = session["display"]["name"][1:]
    assert listening(pids) == {
        f"127.0.0.1:{port}",
        f"/tmp/.X11-unix/X{display}",
        *(str(authority.parent / f"{name}.sock") for name in ("bus", "rfb", "ctl")),
    }


def test_the_window_fills_the_screen_without_decorations(desktop: Daemon) -> None:
    tree = window_tree(desktop.environment())
    window = next(line for line in tree.splitlines() if '"xterm" "XTerm"' in line)
    geometry = subprocess.run(
        ["xwininfo", "-id", window.split()[0]],
        env=desktop.environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    # xterm grows by whole characters only.
    left, top = (
        int(line.split(":")[1]) for line in geometry.splitlines() if "Absolute upper-left" in line
    )
    assert (left, top) == (0, 0)


@pytest.mark.parametrize("name", ["rfb", "window_manager", "application", "display"])
def test_a_killed_service_is_back_each_time(desktop: Daemon, name: str) -> None:
    others = {"rfb", "window_manager", "application", "display"} - {name}
    before = {other: desktop.pid(other) for other in others}
    restarts = desktop.service(name)["restarts"]
    for _ in range(6):
        back(desktop, name, kill(desktop, name))
    assert desktop.service(name)["restarts"] == restarts + 6
    assert "killed by SIGKILL" in desktop.service(name)["error"]
    if name != "display":
        assert {other: desktop.pid(other) for other in others} == before


def test_a_killed_rfb_server_leaves_no_shared_memory(desktop: Daemon) -> None:
    old = desktop.pid("rfb")
    until(lambda: segments_of(old), 30, "shared memory")
    back(desktop, "rfb", kill(desktop, "rfb"))
    until(lambda: not segments_of(old), 30, "the end of the shared memory")


def test_x_and_application_survive_every_death_of_the_daemon(desktop: Daemon) -> None:
    names = ["display", "window_manager", "rfb", "application"]
    before = [desktop.pid(name) for name in names]
    address = desktop.url
    for _ in range(3):
        desktop.kill()
        desktop.start()
        assert desktop.url == address, "the token must hold for the next daemon"
        desktop.ready()
    assert [desktop.pid(name) for name in names] == before


def test_an_x_server_that_died_with_the_daemon_is_replaced(desktop: Daemon) -> None:
    before = {name: desktop.pid(name) for name in ("display", "application")}
    desktop.kill()
    os.kill(before["display"], signal.SIGKILL)
    desktop.start()
    desktop.ready()
    assert desktop.pid("display") != before["display"]
    until(lambda: start_time(before["application"]) is None, 30, "the old application's end")


UNHEARD = f"""#!{sys.executable}
import os, sys
begun = sys.argv[0] + ".begun"
if not os.path.exists(begun):
    told = int(sys.argv[sys.argv.index("-displayfd") + 1])
    os.dup2(os.open("/dev/null", os.O_WRONLY), told)
    with open(begun, "w") as file:
        file.write(str(os.getpid()))
os.execv({which("Xvfb")!r}, sys.argv)
"""
"""An X server that, the first time, runs before its daemon has heard of it."""


def test_an_x_server_that_starts_when_the_daemon_dies_is_not_left(
    daemon: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = folder / "bin" / "Xvfb"
    program.parent.mkdir()
    program.write_text(UNHEARD)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    desktop = daemon(app="xterm", display="xvfb", size="640x480")
    begun = program.with_name("Xvfb.begun")
    left = int(until(lambda: begun.exists() and begun.read_text(), 30, "an X server"))
    desktop.kill()
    desktop.start()
    desktop.ready()
    until(lambda: start_time(left) is None, 30, "the end of the X server that nobody knows")


def test_services_that_hang_are_replaced(desktop: Daemon) -> None:
    application = desktop.pid("application")
    names = ("rfb", "window_manager")
    stopped = {name: kill(desktop, name, signal.SIGSTOP) for name in names}
    for name in names:
        back(desktop, name, stopped[name])
        assert "did not answer" in desktop.service(name)["error"]
    assert desktop.pid("application") == application


def test_a_second_daemon_leaves_the_desktop_of_the_first_alone(desktop: Daemon) -> None:
    pids = [desktop.pid(name) for name in ("display", "application")]
    second = subprocess.run(
        [sys.executable, "-m", "desktopd", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "DESKTOPD_RUNTIME_DIR": str(desktop.folder / "run")},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert second.returncode == 1
    assert f"used by the desktopd with pid {desktop.process.pid}" in second.stderr
    assert [desktop.pid(name) for name in ("display", "application")] == pids


def test_an_x_server_that_hangs_is_replaced(desktop: Daemon) -> None:
    back(desktop, "display", kill(desktop, "display", signal.SIGSTOP))


def test_what_lies_in_the_runtime_folder_is_its_users_alone(daemon: Start) -> None:
    desktop = daemon(app="xterm", display="xvfb", rfb="x11vnc")
    desktop.stop()
    before = os.umask(0)
    try:
        desktop.start()
    finally:
        os.umask(before)
    desktop.ready()
    folder = desktop.folder / "run"
    modes = {p.name: oct(p.stat().st_mode & 0o777) for p in (folder, *folder.rglob("*"))}
    assert {"bus.sock", "room", "ctl.sock", "rfb.sock"} <= modes.keys()
    secret = {n: m for n, m in modes.items() if n.endswith(".sock") or n == "room"}
    assert set(secret.values()) == {"0o600"}
    assert modes["run"] == "0o700"


def test_stop_leaves_nothing_behind(desktop: Daemon) -> None:
    session = desktop.session()
    pids = [s["pid"] for s in session["services"]]
    display = session["display"]["name"][1:]
    assert desktop.stop() == 0
    assert [pid for pid in pids if start_time(pid) is not None] == []
    left = {p.name for p in (desktop.folder / "run").iterdir()}
    assert not left & {"rfb.sock", "state.json"}
    lock = Path(f"/tmp/.X{display}-lock")
    # Another test may have taken the number at once.
    with suppress(FileNotFoundError):
        assert int(lock.read_text()) not in pids


def test_an_application_that_cannot_start_is_told_with_its_log(daemon: Start) -> None:
    desktop = daemon("--app", "sh -c 'echo no such module >&2; exit 3'", display="xvfb")
    until(lambda: desktop.session()["stage"] == "failed", 30, "the failure")
    app = desktop.session()["app"]
    assert app["error"] == "sh exited with status 3"
    assert app["log"] == "no such module"
    assert desktop.request("GET", "/readyz").status_code == 503
    answer = desktop.request("POST", "/api/app/restart")
    assert answer.status_code < 300, answer.text
    until(lambda: desktop.service("application")["restarts"] >= 5, 30, "another attempt")


def test_no_program_beside_the_application_has_the_kernel_end_that_first(daemon: Start) -> None:
    """What takes all memory is the largest of those that are as good a victim."""
    desktop = daemon("--no-kiosk", "--app", "xterm", display="xvfb", size="640x480")
    desktop.ready()

    def score(name: str) -> int:
        return int(Path(f"/proc/{desktop.pid(name)}/oom_score_adj").read_text())

    assert score("window_manager") == score("application") > score("display")


def test_what_an_application_prints_fills_no_disk(daemon: Start) -> None:
    prints = f"head -c {2 * LIMIT} /dev/zero; sleep 60"
    desktop = daemon("--no-kiosk", "--app", f"sh -c '{prints}'", display="xvfb", size="640x480")
    log = desktop.folder / "run" / "application.log"
    until(lambda: log.with_name("application.log.old").exists(), 30, "a log that was trimmed")
    until(lambda: log.stat().st_size <= LIMIT, 30, "a small log")


def test_a_plain_desktop_has_a_menu_and_lets_the_application_end(daemon: Start) -> None:
    desktop = daemon("--no-kiosk", "--app", "xterm", display="xvfb")
    desktop.ready()
    os.kill(desktop.pid("application"), signal.SIGTERM)
    until(lambda: desktop.service("application")["state"] == "stopped", 30, "its end")
    assert desktop.session()["stage"] == "ready"
    xdotool = ["xdotool", "mousemove", "700", "500", "click", "3"]

    def menu() -> bool:
        subprocess.run(xdotool, env=desktop.environment(), check=True)
        tree = window_tree(desktop.environment())
        return len(tree.splitlines()) > 10

    until(menu, 30, "a menu")


def test_a_kiosk_offers_no_menu_and_no_way_to_close(desktop: Daemon) -> None:
    before = desktop.pid("application")
    environment = desktop.environment()
    keys = ["alt+F4", "ctrl+alt+BackSpace", "ctrl+alt+Delete", "alt+Tab", "alt+space", "super+e"]
    for key in keys:
        subprocess.run(["xdotool", "key", key], env=environment, check=True)
    subprocess.run(["xdotool", "mousemove", "5", "895", "click", "3"], env=environment, check=True)
    children = Path(f"/proc/{desktop.pid('window_manager')}/task").glob("*/children")
    assert [c.read_text() for c in children if c.read_text()] == []
    assert desktop.ready()["stage"] == "ready"
    assert desktop.pid("application") == before
