"""What the other programs of a locked desktop do for whoever has the cookie of its X server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from Xlib import X, Xatom
from Xlib.display import Display

from desktopd.confinement.landlock import abi
from desktopd.x11.windows.requests import close
from tests.daemon import Daemon, until

PROGRAM = Path(__file__).parent / "confined_qt.py"


def locked(daemon: Callable[..., Daemon], folder: Path, **settings: object) -> Daemon:
    data = folder / "data"
    data.mkdir()
    (data / "tries").touch()
    app = " ".join(map(str, (sys.executable, PROGRAM, data / "told", data / "tries")))
    started = daemon(
        app=app, lockdown=True, files_root=data, display="xvfb", kiosk=True, **settings
    )
    until((data / "told").exists, 60, "its words")
    return started


def silent_window(display: Display, pid: int) -> int:
    """A window of a program that answers nothing, and says that it is process `pid`."""
    screen = display.screen()
    window = screen.root.create_window(50, 50, 200, 100, 0, screen.root_depth)
    atom = display.intern_atom
    window.set_wm_name("silent")
    asked = [atom("WM_DELETE_WINDOW"), atom("_NET_WM_PING")]
    window.change_property(atom("WM_PROTOCOLS"), Xatom.ATOM, 32, asked)
    window.change_property(atom("_NET_WM_PID"), Xatom.CARDINAL, 32, [pid])
    machine = os.fsencode(socket.gethostname())
    window.change_property(atom("WM_CLIENT_MACHINE"), Xatom.STRING, 8, machine)
    window.map()
    display.sync()
    return int(window.id)


def shown_name(display: Display, window: int) -> bytes:
    """How openbox calls a window: it tells there what it does about one that is silent."""
    asked = display.create_resource_object("window", window)
    found = asked.get_full_property(display.intern_atom("_NET_WM_VISIBLE_NAME"), 0)
    return bytes(found.value) if found else b""


@contextmanager
def connected(started: Daemon) -> Iterator[Display]:
    """As any program of the desktop is, with its cookie."""
    environment = started.environment()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XAUTHORITY", environment["XAUTHORITY"])
        display = Display(environment["DISPLAY"])
    try:
        yield display
    finally:
        display.close()


@contextmanager
def other_process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "600"]) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(abi() < 6, reason="this kernel lets signals through")
def test_a_window_has_no_other_process_ended(daemon: Callable[..., Daemon], folder: Path) -> None:
    started = locked(daemon, folder)
    environment = started.environment()
    with other_process() as other, connected(started) as display:
        window = silent_window(display, other.pid)
        until(lambda: shown_name(display, window), 60, "a frame")
        close(display, window)
        display.flush()
        until(lambda: b"Not Responding" in shown_name(display, window), 60, "its silence")

        def is_being_ended() -> bool:
            # Its question, which comes again and again, has two buttons.
            close(display, window)
            display.flush()
            subprocess.run(["xdotool", "key", "Right", "Return"], env=environment, check=True)
            return b"Killing" in shown_name(display, window)

        until(is_being_ended, 60, "what openbox does about it")
        assert other.poll() is None


def test_no_program_has_x11vnc_call_a_host(daemon: Callable[..., Daemon], folder: Path) -> None:
    started = locked(daemon, folder, rfb="x11vnc")
    with socket.create_server(("127.0.0.1", 0)) as host, connected(started) as display:
        host.settimeout(3)
        root, name = display.screen().root, display.intern_atom("VNC_CONNECT")
        address = f"127.0.0.1:{host.getsockname()[1]}".encode()
        root.change_property(name, Xatom.STRING, 8, address)
        display.sync()
        with pytest.raises(TimeoutError):
            host.accept()
        assert root.get_full_property(name, X.AnyPropertyType).value == address
