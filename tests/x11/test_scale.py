"""Programs draw at the scale that is asked for with a size: real ones, on a running desktop."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Daemon, daemons, short_folder, until

HERE = Path(__file__).parent
LIVE = {"qt": (sys.executable, "scale_qt.py"), "gtk": ("/usr/bin/python3", "scale_gtk.py")}
Told = Callable[[], tuple[float, int, bool]]


@pytest.fixture(scope="module")
def desktop() -> Iterator[Daemon]:
    with short_folder() as folder, daemons(folder) as start:
        app = f"{sys.executable} {HERE / 'scale_qt.py'} {folder}/0/main"
        desktop = start(app=app, display="xvfb", size="1000x700", kiosk=True)
        desktop.ready()
        yield desktop


@contextmanager
def running(desktop: Daemon, argv: tuple[str, str], told: Path) -> Iterator[Told]:
    """Run a program; it tells its ratio, a line's height in pixels, whether its windows fit."""
    told.write_text("")
    command = [argv[0], HERE / argv[1], told]
    program = subprocess.Popen(command, env=desktop.environment())

    def tell() -> tuple[float, int, bool]:
        ratio, height, fits = until(told.read_text, 30, "a program").split()
        return float(ratio), int(height), fits == "True"

    try:
        until(told.read_text, 30, "a program")
        yield tell
    finally:
        program.kill()
        program.wait()


def scale(desktop: Daemon, value: float, width: int = 1000, height: int = 700) -> dict[str, Any]:
    size = {"width": width, "height": height, "scale": value}
    return dict(desktop.request("PUT", "/api/display", json=size).json())


def resources(desktop: Daemon) -> str:
    return subprocess.run(
        ["xrdb", "-query"], env=desktop.environment(), capture_output=True, text=True
    ).stdout


@pytest.mark.parametrize("toolkit", LIVE)
def test_a_program_that_runs_follows_at_once(desktop: Daemon, folder: Path, toolkit: str) -> None:
    scale(desktop, 1)
    with running(desktop, LIVE[toolkit], folder / "told") as told:
        ratio, height, _ = told()
        assert ratio == 1
        sizes = {2: (2000, 1400), 1.25: (2000, 1400), 3: (1800, 1300), 1: (1000, 700)}
        for value, size in sizes.items():
            answer = scale(desktop, value, *size)
            assert answer == {"width": size[0], "height": size[1], "scale": value}

            def follows(value: float = value) -> bool:
                now, line, fits = told()
                wanted = value if toolkit == "qt" else int(value)
                return now == wanted and abs(line - height * value) <= 1.5 * value and fits

            def fills(value: float = value) -> bool:
                told = (desktop.folder / "main").read_text().split()
                return len(told) == 3 and float(told[0]) == value and told[2] == "True"

            until(follows, 30, f"{toolkit} at {value}")
            until(fills, 30, f"the main window at {value}")


def test_a_program_that_asks_once_follows_at_its_start(desktop: Daemon, folder: Path) -> None:
    heights = []
    for value in (1, 2):
        scale(desktop, value)
        with running(desktop, ("/usr/bin/python3", "scale_tk.py"), folder / "told") as told:
            heights.append(told()[1])
    assert heights[1] > 1.5 * heights[0]
    scale(desktop, 1)


def test_what_is_read_once_stands_beside_the_users_own_resources(desktop: Daemon) -> None:
    subprocess.run(
        ["xrdb", "-merge"], input="XTerm*x: 1\n", env=desktop.environment(), text=True, check=True
    )
    scale(desktop, 1.25)
    assert set(resources(desktop).splitlines()) >= {"XTerm*x:\t1", "Xft.dpi:\t120"}
    scale(desktop, 1)
    assert "Xft.dpi:\t96" in resources(desktop)


def test_more_than_anybody_has_of_resources_is_not_kept(desktop: Daemon) -> None:
    many = "".join(f"XTerm*{number}: 1\n" for number in range(10_000))
    subprocess.run(["xrdb", "-merge"], input=many, env=desktop.environment(), text=True, check=True)
    scale(desktop, 1.25)
    assert resources(desktop) == "Xft.dpi:\t120\n"
    scale(desktop, 1)


def test_a_daemon_that_starts_anew_keeps_the_scale(desktop: Daemon, folder: Path) -> None:
    with running(desktop, LIVE["gtk"], folder / "told") as told:
        scale(desktop, 2, 1400, 900)
        until(lambda: told()[0] == 2, 30, "a scale of 2")
        desktop.kill()
        desktop.start()
        desktop.ready()
        assert desktop.session()["display"]["scale"] == 2
        until(lambda: told()[0] == 2, 30, "a scale of 2 again")
        scale(desktop, 1)
        until(lambda: told()[0] == 1, 30, "a scale of 1")


@pytest.mark.parametrize("dpi", ["inf", "nan", "1e12", "-1e12", "many"])
def test_whatever_a_program_writes_there_the_next_daemon_starts(
    daemon: Callable[..., Daemon], dpi: str
) -> None:
    desktop = daemon(app="sleep 1000", display="xvfb")
    until(lambda: desktop.session()["display"], 60, "a display")
    x_server = desktop.service("display")["pid"]
    subprocess.run(
        ["xrdb", "-merge"], env=desktop.environment(), input=f"Xft.dpi: {dpi}\n", text=True
    )
    desktop.process.kill()
    desktop.process.wait()
    desktop.start()
    shown = until(lambda: desktop.session()["display"], 60, "a display")
    assert shown["scale"] == 1
    assert desktop.service("display")["pid"] == x_server


def test_another_manager_of_settings_is_left_alone(desktop: Daemon) -> None:
    script = """
from Xlib import X, display
d = display.Display()
w = d.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
w.set_selection_owner(d.get_atom("_XSETTINGS_S0"), X.CurrentTime)
d.sync()
input()
"""
    other = subprocess.Popen(
        [sys.executable, "-c", script], env=desktop.environment(), stdin=subprocess.PIPE
    )
    try:
        until(lambda: desktop.session()["display"]["scale"] is None, 30, "another manager")
        assert scale(desktop, 2) == {"width": 1000, "height": 700, "scale": None}
    finally:
        other.communicate(b"\n")
