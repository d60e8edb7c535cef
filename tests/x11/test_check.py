"""``desktopd check`` on this machine, whose X servers are tried for real."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktopd.confinement.landlock import abi
from tests.daemon import ROOT


def check(*arguments: str, **environment: str) -> tuple[int, dict[str, str]]:
    """The exit status, and each line by the name of the part."""
    done = subprocess.run(
        [sys.executable, "-m", "desktopd", "check", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.stderr == ""
    return done.returncode, {line[8:26].strip(): line for line in done.stdout.splitlines()}


def test_all_that_the_usual_desktop_needs_is_here() -> None:
    status, told = check("--app", "xterm", "--gpu", "off")
    assert status == 0, told
    assert told.keys() == {
        *("Xorg", "Xvfb", "Xvnc", "x11vnc", "openbox", "xterm", "glxinfo"),
        *("display xdummy", "gpu on xdummy", "display xvfb", "gpu on xvfb"),
    }
    assert all(line.startswith("ok ") for line in told.values())
    assert "X.Org X Server" in told["Xorg"]
    assert "OpenGL: llvmpipe" in told["display xvfb"]
    assert "software (gpu=off)" in told["gpu on xdummy"]


@pytest.mark.parametrize("backend", ["xvfb", "xdummy", "xvnc"])
def test_only_the_x_server_that_is_asked_for_is_tried(backend: str) -> None:
    status, told = check("--app", "xterm", "--display", backend)
    assert status == 0, told
    assert [name for name in told if name.startswith("display")] == [f"display {backend}"]


def test_what_is_missing_is_named_with_its_package_and_whether_it_is_needed(folder: Path) -> None:
    """Every program but Xorg is looked for on PATH."""
    status, told = check("--display", "xvfb", "--app", "gui", "--rfb", "x11vnc", PATH=str(folder))
    assert status == 1
    assert told["Xvfb"].startswith("MISSING")
    assert told["Xvfb"].endswith("not found; install xvfb")
    assert told["x11vnc"].startswith("MISSING")
    assert told["Xvnc"].startswith("- ")
    assert told["glxinfo"].endswith("; install mesa-utils")
    assert told["gui"].endswith("install gui, or set app to another command")
    assert "Xvfb: no such program" in told["display xvfb"]


def test_a_desktop_of_many_programs_needs_each_of_them(folder: Path) -> None:
    status, told = check("--wm", "xfce", "--no-kiosk", "--app", "gui", PATH=str(folder))
    assert status == 1
    assert told["dbus-run-session"].endswith("; install dbus-daemon")
    assert told["xfdesktop"].endswith("; install xfdesktop4")
    assert "openbox" not in told


def test_a_gpu_that_is_asked_for_and_not_there_is_an_error() -> None:
    status, told = check("--app", "xterm", "--display", "xvfb", "--gpu", "nvidia")
    assert status == 1
    assert told["gpu on xvfb"].startswith("MISSING")
    assert told["gpu on xvfb"].endswith("; mend that, or set gpu=auto")


def test_what_the_kernel_keeps_under_lockdown_is_told(folder: Path) -> None:
    given = ("--app", "xterm", "--display", "xvfb", "--lockdown", "--files-root", str(folder))
    status, told = check(*given)
    assert status == 0
    assert "Landlock" in told["lockdown"]
    assert told["lockdown"].startswith("ok ") == (abi() >= 6)
