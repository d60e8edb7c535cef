"""napari's Labels under a person's hands, again and again: no mode flips, no pixel is painted.

A headed Chromium on a screen with a window manager, real keys and a real mouse.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from desktopd.geometry import Size
from tests.daemon import daemons, short_folder, until
from tests.engines import executable, plain
from tests.x11.conftest import Server, running

SIZE = Size(1280, 800)
SCRIPT = Path(__file__).parent / "scripts" / "labels.py"
OTHER = "another window"
CANVAS = (740, 380)
TIMES = int(os.environ.get("HANDS_TIMES", "3"))
"""How often everything is done."""
HELD = 0.6
"""Seconds that Space is held, in which an X server begins to repeat it."""


@dataclass
class Hands:
    """What a person has at hand, and what napari tells of it."""

    server: Server
    log: Path
    start: int = 0

    def lines(self) -> list[dict[str, Any]]:
        """What has been told since `forget`."""
        lines = self.log.read_text().rpartition("\n")[0].splitlines()
        return [json.loads(line) for line in lines][self.start :]

    def told(self, kind: str) -> list[Any]:
        return [line[kind] for line in self.lines() if kind in line]

    def forget(self) -> None:
        self.start += len(self.lines())

    def do(self, *words: object) -> None:
        """Have xdotool do it."""
        self.server.run("xdotool", *map(str, words))

    def active(self) -> str:
        """The window that has the keys on the person's screen."""
        return self.server.run("xdotool", "getactivewindow").strip()

    def drag(self, direction: int) -> None:
        """From the middle of the canvas to the right (1) or left (-1), as a hand does, in steps."""
        x, y = CANVAS
        self.do("mousemove", x, y, "mousedown", 1)
        for step in range(1, 7):
            self.do("mousemove", x + 20 * step * direction, y + 5 * step * direction)
        self.do("mouseup", 1)

    def waits(self, kind: str, count: int = 1) -> None:
        until(lambda: len(self.told(kind)) >= count, 30, f"{count} times {kind}")


@pytest.fixture(scope="module")
def hands(chromium: Browser) -> Iterator[Hands]:
    with (
        short_folder() as folder,
        daemons(folder) as start,
        running("xvfb", SIZE) as server,
    ):
        server.start("openbox", "--sm-disable")
        log = folder / "told"
        log.touch()
        daemon = start("--app", shlex.join([sys.executable, str(SCRIPT), str(log), "napari"]))
        daemon.ready(90)
        until(log.read_text, 60, "Labels in napari")
        server.start("xterm", "-T", OTHER, "-geometry", "20x5+900+600", "-e", "cat")
        server.run("xdotool", "search", "--sync", "--onlyvisible", "--name", OTHER)
        hands = Hands(server, log)
        with plain(executable(chromium), server, f"{daemon.page}&bar=0", "--kiosk"):
            until(lambda: clicked(hands), 60, "a click that paints")
            hands.do("key", "ctrl+z")
            until(lambda: hands.told("painted")[-1] == 0, 30, "nothing painted")
            yield hands


def clicked(hands: Hands) -> bool:
    """Whether a click arrives, once the browser shows the desktop in its size."""
    hands.do("mousemove", *CANVAS, "click", 1)
    with suppress(AssertionError):
        until(lambda: hands.told("painted"), 3)
    return bool(hands.told("painted"))


def switch(hands: Hands) -> None:
    """Alt and Tab, to the window that was used before this one."""
    before = hands.active()
    hands.do("key", "--delay", 30, "alt+Tab")
    until(lambda: hands.active() != before, 30, "another window")


@pytest.mark.parametrize("time_", range(TIMES))
def test_space_moves_the_picture_and_paints_nothing(hands: Hands, time_: int) -> None:
    hands.forget()
    hands.do("mousemove", *CANVAS, "keydown", "space")
    hands.waits("mode")
    time.sleep(HELD)
    hands.drag((-1) ** time_)
    hands.waits("centre")
    hands.do("keyup", "space")
    hands.waits("mode", 2)
    time.sleep(HELD)
    assert hands.told("mode") == ["pan_zoom", "paint"]
    assert hands.told("painted") == []


@pytest.mark.parametrize("time_", range(TIMES))
def test_a_turn_of_the_wheel_zooms_and_a_stroke_can_be_undone(hands: Hands, time_: int) -> None:
    hands.forget()
    for button in (4, 5):
        # Turns of one moment that cancel each other out are none.
        hands.do("mousemove", *CANVAS, "click", button)
        hands.waits("zoom", button - 3)
    assert hands.told("zoom")[0] > hands.told("zoom")[-1]
    assert hands.told("painted") == []
    hands.drag(1)
    until(lambda: (hands.told("painted") or [0])[-1] > 0, 30, "a stroke")
    hands.do("key", "ctrl+z")
    until(lambda: hands.told("painted")[-1] == 0, 30, "the stroke undone")
    assert hands.told("mode") == []


@pytest.mark.parametrize("time_", range(TIMES))
def test_another_window_and_back_leaves_no_key_behind(hands: Hands, time_: int) -> None:
    hands.forget()
    hands.do("mousemove", *CANVAS, "keydown", "space")
    hands.waits("mode")
    # The release goes to the other window.
    switch(hands)
    hands.do("keyup", "space")
    until(lambda: hands.told("mode") == ["pan_zoom", "paint"], 30, "a key that is let go")
    switch(hands)
    hands.do("mousemove", *CANVAS, "click", 4)
    hands.waits("zoom")
    assert hands.told("mode") == ["pan_zoom", "paint"]
    assert hands.told("painted") == []
