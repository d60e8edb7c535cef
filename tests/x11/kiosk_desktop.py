"""A kiosk, the Tk program in it, and where its windows are."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktopd.x11.handshake import shake_hands
from tests.daemon import Daemon, until

Area = tuple[int, int, int, int]

SCREEN = (1000, 700)
FRAMED = {"left": 2, "top": 19}


def area_of(daemon: Daemon, window: int) -> Area:
    """The place of a window's content on the screen: x, y, width, height."""
    told = subprocess.run(
        ["xwininfo", "-id", str(window)],
        env=daemon.environment(),
        capture_output=True,
        text=True,
    ).stdout
    lines = dict(line.strip().split(":", 1) for line in told.splitlines() if ":" in line)
    names = ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")
    x, y, width, height = (int(lines.get(name, "0")) for name in names)
    return x, y, width, height


def is_inside(area: Area, screen: tuple[int, int]) -> bool:
    """Whether a window with the frame that openbox puts around it is all on the screen."""
    x, y, width, height = area
    return (
        x >= FRAMED["left"]
        and y >= FRAMED["top"]
        and x + width + 2 <= screen[0]
        and y + height + 2 <= screen[1]
    )


@dataclass
class Desktop:
    """A kiosk and the Tk program in it."""

    daemon: Daemon
    fifo: Path

    def tcl(self, *commands: str) -> None:
        self.fifo.write_text("".join(f"{command}\n" for command in commands))

    def window(self, title: str) -> dict[str, Any]:
        return next((w for w in self.daemon.session()["windows"] if w["title"] == title), {})

    def area(self, title: str) -> Area:
        window = self.window(title)
        return area_of(self.daemon, window["id"]) if window else (0, 0, 0, 0)

    def resize(self, width: int, height: int) -> tuple[int, int]:
        size = {"width": width, "height": height}
        answer = self.daemon.request("PUT", "/api/display", json=size).json()
        return answer["width"], answer["height"]

    def fills(self, title: str, screen: tuple[int, int] = SCREEN) -> None:
        until(lambda: self.area(title) == (0, 0, *screen), 30, f"{title} fills the screen")
        assert self.window(title)["main"]

    def floats(self, title: str, screen: tuple[int, int] = SCREEN) -> None:
        until(lambda: self.window(title) and is_inside(self.area(title), screen), 30, title)
        assert not self.window(title)["main"]

    def has_focus(self, title: str) -> bool:
        return bool(self.window(title).get("active"))


@contextmanager
def started_display(daemon: Daemon) -> Iterator[Any]:
    """A connection of python-xlib to the display of a daemon."""
    session = daemon.session()["display"]
    connected = socket.socket(socket.AF_UNIX)
    display = shake_hands(session["name"], Path(session["xauthority"]), connected, 10)
    try:
        yield display
    finally:
        display.close()
