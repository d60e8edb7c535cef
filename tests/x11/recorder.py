"""What an ordinary X client makes of the input: xev, which translates by Xlib."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from Xlib import X

from desktopd.x11.connection import Connection, Display

if TYPE_CHECKING:
    from conftest import Server

SECONDS = 60.0
KEY = re.compile(
    r"^(KeyPress|KeyRelease) event.*?time (\d+), .*?state (0x[0-9a-f]+), keycode (\d+) "
    r"\(keysym (0x[0-9a-f]+), .*?XLookupString gives \d+ bytes: ?(?:\(([0-9a-f ]+)\))?",
    re.MULTILINE | re.DOTALL,
)
BUTTON = re.compile(
    r"^Button(Press|Release) event.*?root:\((-?\d+),(-?\d+)\),.*?button (\d+), ",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Key:
    """A key event as a client sees it; `time` is the X server's, in milliseconds."""

    press: bool
    time: int
    state: int
    keycode: int
    keysym: int
    text: str


@dataclass(frozen=True)
class Button:
    """A button event as a client sees it, with the pointer's position on the screen."""

    press: bool
    number: int
    x: int
    y: int


class Recorder:
    """The events of the one window, which covers the screen and has the focus."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._start = 0

    def clear(self) -> None:
        """Forget all events so far."""
        self._start += len(self._text())

    def _text(self) -> str:
        return self._log.read_text()[self._start :]

    def key_events(self) -> list[Key]:
        """All key events so far."""
        return [
            Key(
                kind == "KeyPress",
                int(time),
                int(state, 16),
                int(keycode),
                int(keysym, 16),
                bytes.fromhex(text).decode(),
            )
            for kind, time, state, keycode, keysym, text in KEY.findall(self._text())
        ]

    def presses(self) -> list[Key]:
        """All key presses so far."""
        return [key for key in self.key_events() if key.press]

    def typed(self) -> str:
        """The text of all presses so far."""
        return "".join(key.text for key in self.presses())

    def kinds(self) -> list[str]:
        """The types of all key and button events so far."""
        return re.findall(r"^((?:Key|Button)(?:Press|Release)) event", self._text(), re.M)

    def buttons(self) -> list[Button]:
        """All button events so far."""
        return [
            Button(kind == "Press", int(number), int(x), int(y))
            for kind, x, y, number in BUTTON.findall(self._text())
        ]


@contextmanager
def recording(server: Server, folder: Path) -> Iterator[Recorder]:
    """An xev on the server, until the end of the block."""
    log = folder / "xev.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *("stdbuf", "-oL", "xev", "-geometry", "640x480+0+0"),
                *("-event", "keyboard", "-event", "button"),
            ],
            env={**server.environment, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Recorder(log)
        finally:
            process.terminate()
            process.wait(SECONDS)


async def focus(connection: Connection) -> None:
    """Give the focus to the first window that is on the screen, as soon as there is one."""
    deadline = time.monotonic() + SECONDS
    while not await connection.call(_focus):
        assert time.monotonic() < deadline, "no window has appeared"


def _focus(display: Display) -> bool:
    for window in display.screen().root.query_tree().children:
        attributes = window.get_attributes()
        if attributes.map_state == X.IsViewable and attributes.win_class == X.InputOutput:
            window.set_input_focus(X.RevertToParent, X.CurrentTime)
            display.sync()
            return bool(display.get_input_focus().focus == window)
    return False
