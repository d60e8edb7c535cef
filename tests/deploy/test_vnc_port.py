"""Native VNC viewers at the port for them: passwords, TLS, and what one may do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from desktopd.rfb.listeners.password import response
from tests.chromium import Picture, pixels, save, screen
from tests.daemon import Daemon, until
from tests.deploy.conftest import CANVAS, PANEL
from tests.deploy.front import certificate

Start = Callable[..., Daemon]

GREEN = (0, 100, 0)
TERMINAL = "xterm -bg #006400"
CONTROL, VIEW = "opensesa", "lookonly"
# With it every VNC password file is encrypted (vncpasswd(1): "obfuscated").
FILE_KEY = bytes([23, 82, 107, 6, 35, 78, 88, 7])
SERVERS = {
    "native": {"display": "xvfb", "rfb": "native"},
    "x11vnc": {"display": "xvfb", "rfb": "x11vnc"},
    "xvnc": {"display": "xvnc"},
}


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings of each RFB server."""
    return SERVERS[request.param]


@pytest.fixture
def desktop(daemon: Start, folder: Path) -> Callable[..., Daemon]:
    """Start a desktop with a port for VNC viewers."""

    def start(**settings: object) -> Daemon:
        secret = folder / "secret"
        secret.write_text(f"{CONTROL}\n")
        usual = {"app": TERMINAL, "size": "640x480", "vnc_port": 0}
        started = daemon(
            **{**usual, "vnc_password_file": secret, "vnc_view_password": VIEW, **settings}
        )
        until(lambda: ready(started), 60, "the application")
        return started

    return start


def ready(desktop: Daemon) -> bool:
    """Whether the daemon says so itself: the desktop may be behind TLS, or without a token."""
    assert desktop.process.poll() is None, desktop.logs()
    return "application is ready" in desktop.log.read_text()


def address(desktop: Daemon) -> str:
    told = re.search(r"VNC viewers: 127\.0\.0\.1:(\d+)", desktop.log.read_text())
    assert told, desktop.logs()
    return f"localhost::{told[1]}"


def password_file(folder: Path, password: str) -> Path:
    file = folder / f"{password}.passwd"
    file.write_bytes(response(FILE_KEY, password.encode().ljust(8, b"\0")))
    return file


def share(picture: Picture, colour: tuple[int, int, int] = GREEN) -> float:
    return float(np.all(picture == colour, axis=-1).mean())


def roles(desktop: Daemon) -> list[str]:
    return [viewer["role"] for viewer in desktop.session()["viewers"]]


def tigervnc(daemon: Start, desktop: Daemon, password: Path, *options: str) -> Daemon:
    """TigerVNC's viewer on a display of its own."""
    command = f"xtigervncviewer -passwd {password} {' '.join(options)} {address(desktop)}"
    viewer = daemon(app=command, display="xvfb", size="800x600", restart_app="false")
    viewer.ready()
    return viewer


def types(viewer: Daemon, text: str) -> None:
    keys = ["mousemove", "400", "300", "click", "1", "type", f"{text}\n"]
    subprocess.run(["xdotool", *keys], env=viewer.environment(), check=True)


def vncdo(desktop: Daemon, password: str, *commands: str) -> subprocess.CompletedProcess[bytes]:
    program = Path(sys.executable).with_name("vncdo")
    server = f"--server={address(desktop)}"
    argv = [program, "--timeout=30", server, f"--password={password}", *commands]
    return subprocess.run(argv, check=False, capture_output=True)


def test_tigervnc_with_a_password(
    desktop: Start, daemon: Start, folder: Path, server: dict[str, str]
) -> None:
    shown = desktop(**server)
    option = "-SecurityTypes VncAuth"
    viewer = tigervnc(daemon, shown, password_file(folder, CONTROL), option)
    until(lambda: share(screen(viewer)) > 0.5, 20, "the desktop in the viewer")
    assert roles(shown) == ["control"]
    typed = folder / "typed"
    types(viewer, f"touch {typed}")
    until(typed.exists, 20, "the command that was typed")


def test_tigervnc_with_the_password_to_watch(
    desktop: Start, daemon: Start, folder: Path, server: dict[str, str]
) -> None:
    shown = desktop(**server)
    watcher = tigervnc(daemon, shown, password_file(folder, VIEW))
    until(lambda: share(screen(watcher)) > 0.5, 20, "the desktop in the viewer")
    assert roles(shown) == ["view"]
    watched, typed = folder / "watched", folder / "typed"
    types(watcher, f"touch {watched}")
    assert vncdo(shown, CONTROL, "type", f"touch {typed}", "key", "enter").returncode == 0
    until(typed.exists, 20, "the command that was typed")
    assert not watched.exists()


def test_tigervnc_with_tls(desktop: Start, daemon: Start, folder: Path) -> None:
    pem, key = certificate(folder)
    shown = desktop(tls_cert=pem, tls_key=key)
    trust = f"-SecurityTypes X509Vnc -X509CA {pem}"
    viewer = tigervnc(daemon, shown, password_file(folder, CONTROL), trust)
    until(lambda: share(screen(viewer)) > 0.5, 20, "the desktop in the viewer")
    typed = folder / "typed"
    types(viewer, f"touch {typed}")
    until(typed.exists, 20, "the command that was typed")


def test_tigervnc_with_a_wrong_password(desktop: Start, daemon: Start, folder: Path) -> None:
    shown = desktop()
    viewer = tigervnc(daemon, shown, password_file(folder, "guessed1"))
    until(lambda: "refused: wrong password" in shown.log.read_text(), 20, "the refusal")
    assert roles(shown) == []
    assert share(screen(viewer)) < 0.1


def test_vncdotool(desktop: Start, folder: Path, server: dict[str, str]) -> None:
    shown, picture, typed = desktop(**server), folder / "picture.png", folder / "typed"
    assert vncdo(shown, CONTROL, "type", f"touch {typed}", "key", "enter").returncode == 0
    until(typed.exists, 20, "the command that was typed")

    def captured() -> bool:
        # x11vnc's picture is black until its first viewer has been there for half a second.
        capture = ("capture", str(picture))
        done = vncdo(shown, VIEW, *capture, "pause", "1", *capture)
        return done.returncode == 0 and share(pixels(picture.read_bytes())) > 0.9

    until(captured, 30, "the desktop in a capture")
    assert vncdo(shown, "guessed1", "key", "a").returncode != 0


def test_what_viewers_got_stays_counted_when_they_leave(
    desktop: Start, folder: Path, server: dict[str, str]
) -> None:
    shown, counts = desktop(**server), [0.0]
    for _ in range(2):
        assert vncdo(shown, VIEW, "capture", str(folder / "picture.png")).returncode == 0
        until(lambda: roles(shown) == [], 20, "the viewer's leaving")
        counts.append(shown.sent_bytes())
        # The greeting, security and the desktop's name are less.
        assert counts[-1] - counts[-2] > 200


def test_where_everybody_may_come_in(desktop: Start, folder: Path) -> None:
    shown = desktop(
        auth="none", allowed_hosts="127.0.0.1", vnc_password_file="", vnc_view_password=""
    )
    typed = folder / "typed"
    assert vncdo(shown, "", "type", f"touch {typed}", "key", "enter").returncode == 0
    until(typed.exists, 20, "the command that was typed")


def test_napari_in_tigervnc(desktop: Start, daemon: Start, folder: Path) -> None:
    program = shutil.which("napari", path=str(Path(sys.executable).parent))
    assert program, "napari is not installed beside the Python of the tests"
    shown = desktop(app=program, size="1024x768")
    command = f"xtigervncviewer -passwd {password_file(folder, CONTROL)} {address(shown)}"
    viewer = daemon(app=command, display="xvfb", size="1024x768")
    viewer.ready()

    def painted() -> bool:
        picture = screen(viewer)
        return share(picture, CANVAS) > 0.3 and share(picture, PANEL) > 0.05

    until(painted, 60, "napari between its panels in the viewer")
    picture = screen(viewer)
    save(picture, "tigervnc-napari")
