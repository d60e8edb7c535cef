"""The Xfce desktop: it can be used, survives its parts, and neither locks, sleeps nor logs out."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.daemon import Daemon, daemons, short_folder, until
from tests.window_tree import window_tree

PARTS = {"xfwm4", "xfce4-panel", "xfdesktop", "xfsettingsd"}


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with short_folder() as path:
        yield path


@pytest.fixture(scope="module")
def desktop(home: Path) -> Iterator[Daemon]:
    with pytest.MonkeyPatch.context() as patch, daemons(home) as start:
        patch.setenv("HOME", str(home))
        started = start("--no-kiosk", wm="xfce", app="xterm", display="xvfb", size="1280x720")
        started.ready()
        shown = {"xterm", "xfce4-panel", "Desktop"}
        until(lambda: windows(started).keys() >= shown, 30, "all windows")
        until(lambda: parts(started).keys() >= PARTS, 30, "all parts")
        yield started


def parts(desktop: Daemon) -> dict[str, int]:
    """The programs of the desktop's session by name, with their pids: of a fork the older one."""
    found: dict[str, int] = {}
    session = str(desktop.pid("window_manager"))
    for pid in sorted(int(path.name) for path in Path("/proc").glob("[0-9]*")):
        name, _, rest = read_of(pid, "stat").partition("(")[2].rpartition(")")
        if rest and rest.split()[3] == session:
            found.setdefault(name, pid)
    return found


def read_of(pid: int, name: str) -> str:
    """What the kernel tells of a process, nothing once it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    return ""


def windows(desktop: Daemon) -> dict[str, str]:
    """Names of the windows that the window manager has, with their sizes."""
    told = window_tree(desktop.environment())
    lines = [line.split('"') for line in told.splitlines() if '"' in line and "): " not in line]
    return {line[1]: line[-1].split()[-2] for line in lines}


def xfconf(desktop: Daemon, channel: str, name: str) -> str:
    """What xfconf says of a property, as its programs see it."""
    pid = parts(desktop)["xfwm4"]
    lines = Path(f"/proc/{pid}/environ").read_text().split("\0")
    environment = dict(line.split("=", 1) for line in lines if line)
    run = ["xfconf-query", "--channel", channel, "--property", name]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_parts_run_and_no_session_manager_or_locker_does(desktop: Daemon) -> None:
    found = parts(desktop)
    assert found.keys() >= PARTS
    assert not [name for name in found if "session" in name.replace("dbus-run-session", "")]
    assert not [name for name in found if "saver" in name or "power" in name or "lock" in name]
    assert xfconf(desktop, "xfwm4", "/general/use_compositing") == "false"
    assert xfconf(desktop, "xfce4-screensaver", "/lock/enabled") == "false"


def test_no_key_logs_out_or_locks(desktop: Daemon) -> None:
    before = parts(desktop)
    for key in ("ctrl+alt+Delete", "ctrl+alt+l"):
        subprocess.run(["xdotool", "key", key], env=desktop.environment(), check=True)
    subprocess.run(["xdotool", "key", "ctrl+alt+t"], env=desktop.environment(), check=True)
    until(lambda: "xfce4-terminal" in parts(desktop) or "xfce4-terminal" in names(), 30, "terminal")
    after = parts(desktop)
    assert {name: after[name] for name in PARTS} == {name: before[name] for name in PARTS}


def names() -> set[str]:
    return {read_of(int(path.name), "comm").strip() for path in Path("/proc").glob("[0-9]*")}


@pytest.mark.parametrize("part", sorted(PARTS))
def test_a_part_that_dies_comes_back_alone(desktop: Daemon, part: str) -> None:
    before = parts(desktop)
    application = desktop.pid("application")
    os.kill(before[part], signal.SIGKILL)
    until(lambda: parts(desktop).get(part, before[part]) != before[part], 30, f"a new {part}")
    until(lambda: windows(desktop).keys() >= {"xfce4-panel", "Desktop"}, 30, "all windows")
    after = parts(desktop)
    others = PARTS - {part}
    assert {name: after[name] for name in others} == {name: before[name] for name in others}
    assert desktop.pid("application") == application
    assert desktop.ready()["stage"] == "ready"


def test_panel_and_wallpaper_follow_the_size(desktop: Daemon) -> None:
    desktop.request("PUT", "/api/display", json={"width": 1000, "height": 600})
    until(lambda: windows(desktop).get("Desktop", "").startswith("1000x600"), 30, "the wallpaper")
    until(lambda: windows(desktop).get("xfce4-panel", "").startswith("1000x"), 30, "the panel")
    display = desktop.session()["display"]
    assert (display["width"], display["height"]) == (1000, 600)


def test_what_the_user_changes_stays_apart_from_his_own_xfce(desktop: Daemon, home: Path) -> None:
    pid = parts(desktop)["xfwm4"]
    lines = Path(f"/proc/{pid}/environ").read_text().split("\0")
    environment = dict(line.split("=", 1) for line in lines if line)
    change = ["xfconf-query", "-c", "xfwm4", "-p", "/general/theme", "-s", "Daloa"]
    subprocess.run(change, env=environment, check=True)
    kept = home / ".config/desktopd/xfce4/xfconf/xfce-perchannel-xml/xfwm4.xml"
    until(kept.is_file, 30, "the change")
    assert not (home / ".config/xfce4/xfconf").exists()


def test_a_kiosk_is_no_place_for_it(daemon: Callable[..., Daemon]) -> None:
    with pytest.raises(AssertionError, match="the daemon ended"):
        daemon(wm="xfce")
