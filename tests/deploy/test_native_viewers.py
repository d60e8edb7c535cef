"""Native VNC viewers on the unix socket of the desktop, directly and through a forwarded port."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.chromium import Picture, pixels, save, screen
from tests.daemon import Daemon, until
from tests.deploy.front import Program, free_port

Start = Callable[..., Daemon]

GREEN = (0, 100, 0)


@pytest.fixture(params=["native", "x11vnc", "xvnc"])
def desktop(daemon: Start, request: pytest.FixtureRequest) -> Daemon:
    """A dark green terminal, shown by each of the RFB servers."""
    display = "xvnc" if request.param == "xvnc" else "xvfb"
    started = daemon(app="xterm -bg #006400", display=display, rfb=request.param, size="640x480")
    started.ready()
    until(lambda: share_of_green(screen(started)) > 0.9, 20, "a green desktop")
    return started


def rfb_socket(desktop: Daemon) -> Path:
    return desktop.folder / "run" / "rfb.sock"


def share_of_green(picture: Picture) -> float:
    return float(np.all(picture == GREEN, axis=-1).mean())


def vncdo(server: str, *commands: str) -> None:
    program = Path(sys.executable).with_name("vncdo")
    subprocess.run([program, "--timeout=30", f"--server={server}", *commands], check=True)


def test_tigervncs_viewer_on_the_socket(desktop: Daemon, daemon: Start, folder: Path) -> None:
    viewer = daemon(app=f"xtigervncviewer {rfb_socket(desktop)}", display="xvfb", size="800x600")
    viewer.ready()
    until(lambda: share_of_green(screen(viewer)) > 0.5, 20, "the desktop in the viewer")
    save(screen(viewer), "tigervnc-viewer")
    typed = folder / "typed"
    keys = ["mousemove", "400", "300", "click", "1", "type", f"touch {typed}\n"]
    subprocess.run(["xdotool", *keys], env=viewer.environment(), check=True)
    until(typed.exists, 20, "the command that was typed")


def test_vncdotool_on_the_socket(desktop: Daemon, folder: Path) -> None:
    typed, picture = folder / "typed", folder / "picture.png"
    vncdo(str(rfb_socket(desktop)), "type", f"touch {typed}", "key", "enter")
    until(typed.exists, 20, "the command that was typed")

    def captured() -> bool:
        # x11vnc's picture is black until its first viewer has been there for half a second.
        capture = ("capture", str(picture))
        vncdo(str(rfb_socket(desktop)), *capture, "pause", "1", *capture)
        return share_of_green(pixels(picture.read_bytes())) > 0.9

    until(captured, 30, "the desktop in a capture")


def test_what_viewers_got_stays_counted_when_they_leave(daemon: Start, folder: Path) -> None:
    desktop, counts = daemon(app="xterm", display="xvfb", rfb="native", size="640x480"), [0.0]
    desktop.ready()
    for _ in range(2):
        vncdo(str(rfb_socket(desktop)), "capture", str(folder / "picture.png"))
        until(lambda: desktop.session()["viewers"] == [], 20, "the viewer's leaving")
        counts.append(desktop.sent_bytes())
        # The greeting, security and the desktop's name are less.
        assert counts[-1] - counts[-2] > 200


def test_vncdotool_through_a_forwarded_port(desktop: Daemon, folder: Path) -> None:
    port = free_port()
    listen = f"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork"
    forward = Program(["socat", listen, f"UNIX-CONNECT:{rfb_socket(desktop)}"], port, folder)
    typed = folder / "typed"
    try:
        vncdo(f"127.0.0.1::{port}", "type", f"touch {typed}", "key", "enter")
        until(typed.exists, 20, "the command that was typed")
    finally:
        forward.stop()
