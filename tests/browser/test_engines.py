"""What Chromium, Firefox and WebKit must do alike, with real keys, a real mouse and clipboard."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from desktopd.geometry import Size
from tests.chromium import screen as desktop_picture
from tests.daemon import Daemon, daemons, short_folder, until
from tests.engines import ENGINES, resize, seen, window
from tests.webdriver import Window
from tests.x11.conftest import Server, running

SIZE, SMALLER = Size(1280, 800), Size(1000, 620)
PROGRAM = Path(__file__).parent / "scripts" / "hands_gtk.py"
FIELD, PICTURE = (640, 100), (640, 500)
FOREIGN = "Grüße, 細胞 🧫 π≈3.14"


class Desk:
    """A desktop with a field of text above a picture, and what its program has told."""

    def __init__(self, folder: Path, daemon: Daemon, log: Path) -> None:
        self.folder = folder
        self.daemon = daemon
        self._log = log
        self._start = 0

    def told(self, kind: str) -> list[dict[str, Any]]:
        """What the program has told of texts, buttons or turns of the wheel."""
        return [one for one in self._lines()[self._start :] if kind in one]

    def turns(self) -> list[str]:
        """How the wheel was turned on the picture, with its modifiers."""
        return [one["wheel"] for one in self.told("wheel")]

    def forget(self) -> None:
        """Tell no more of what has been told of buttons and wheel."""
        self._start = len(self._lines())

    def text(self) -> str:
        """What is in the field."""
        return str([one["text"] for one in self._lines() if "text" in one][-1])

    def _lines(self) -> list[dict[str, Any]]:
        lines = self._log.read_text().rpartition("\n")[0].splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with short_folder() as folder, daemons(folder) as start:
        log = folder / "told"
        program = shlex.join(["/usr/bin/python3", str(PROGRAM)])
        app = f"sh -c {shlex.quote(f'exec {program} > {log}')}"
        daemon = start("--app", app, display="xvfb", size=str(SIZE))
        daemon.ready()
        yield Desk(folder, daemon, log)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The screen in front of which a user sits."""
    with running("xvfb", SIZE) as server:
        server.start("openbox", "--sm-disable")
        yield server


@dataclass(frozen=True)
class Viewer:
    """A browser that shows the desktop, and hands on its keys and mouse."""

    engine: str
    desk: Desk
    server: Server
    window: Window

    def data(self) -> dict[str, str]:
        """What the page keeps on its root element."""
        return dict(self.window.evaluate("({...document.documentElement.dataset})"))

    def is_exact(self) -> bool:
        """Whether the user sees every pixel of the desktop."""
        if self.data().get("exact") != "true":
            return False
        mine = seen(self.server, self.desk.folder)
        return np.array_equal(mine, desktop_picture(self.desk.daemon))

    def key(self, *keys: str) -> None:
        self.server.run("xdotool", "key", *keys)

    def click(self, button: int, at: tuple[int, int] = PICTURE) -> None:
        self.server.run("xdotool", "mousemove", *map(str, at), "click", str(button))

    def clear(self) -> None:
        """Empty the field by hand."""
        self.click(1, FIELD)
        self.key("ctrl+a", "BackSpace")
        until(lambda: self.desk.text() == "", 20, "an empty field")

    def write(self, text: str) -> None:
        """Replace what is in the field by hand."""
        self.clear()
        self.server.run("xdotool", "type", "--delay", "10", text)
        until(lambda: self.desk.text() == text, 20, f"{text!r} in the field")

    def copy(self, text: str) -> None:
        """Copy in another program at the viewer."""
        subprocess.run(
            ["xclip", "-selection", "clipboard"],
            input=text.encode(),
            env=self.server.environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=20,
        )

    def pasted(self) -> str:
        """Paste in another program at the viewer."""
        told = subprocess.run(
            ["xclip", "-selection", "clipboard", "-out"],
            env=self.server.environment,
            check=False,
            capture_output=True,
            timeout=20,
        )
        return told.stdout.decode()


@pytest.fixture(scope="module", params=ENGINES)
def viewer(
    request: pytest.FixtureRequest, desk: Desk, server: Server, chromium: Browser
) -> Iterator[Viewer]:
    engine = request.param
    with window(engine, server, desk.folder / engine, chromium) as opened:
        viewer = Viewer(engine, desk, server, opened)
        opened.visit(f"{desk.daemon.page}&bar=0")
        until(viewer.is_exact, 60, f"an exact picture in {engine}")
        yield viewer


def test_the_picture_is_exact_in_each_size(viewer: Viewer) -> None:
    for size in (SMALLER, SIZE):
        resize(viewer.server, size)
        until(lambda size=size: viewer.data()["size"] == str(size), 20, f"a desktop of {size}")  # type: ignore[misc]
        until(viewer.is_exact, 20, f"an exact picture of {size}")


def test_what_moves_is_a_video_and_exact_when_it_rests(viewer: Viewer) -> None:
    def watching() -> dict[str, Any]:
        (one,) = viewer.desk.daemon.session()["viewers"]
        return dict(one)

    viewer.write("video")
    until(lambda: watching()["codec"] == "h264", 20, "a video")
    pictures = [seen(viewer.server, viewer.desk.folder)[400:] for _ in range(2)]
    assert not np.array_equal(*pictures)
    viewer.write("rest")
    until(viewer.is_exact, 20, "an exact picture")


def test_keys_and_texts(viewer: Viewer) -> None:
    viewer.write("napari, 42 % of {cells}~ @home")
    viewer.clear()
    viewer.copy(FOREIGN)
    viewer.key("ctrl+v")
    until(lambda: viewer.desk.text() == FOREIGN, 20, "the text on the desktop")
    viewer.key("End", "space")
    until(lambda: viewer.desk.text() == f"{FOREIGN} ", 20, "a key after the text")
    viewer.copy("not this")
    viewer.key("ctrl+a", "ctrl+c")

    def arrived() -> bool:
        """WebKit lets a page write to the clipboard only while a key is pressed."""
        if viewer.engine == "webkit":
            viewer.key("End")
        return viewer.pasted() == f"{FOREIGN} "

    until(arrived, 20, "the text at the viewer")


def test_buttons_and_wheel(viewer: Viewer) -> None:
    # WebKit on Linux does not tell a page which button it is that goes back or forward.
    buttons = [1, 2, 3] if viewer.engine == "webkit" else [1, 2, 3, 8, 9]
    viewer.click(1)
    viewer.desk.forget()
    address = viewer.window.evaluate("location.href")
    for button in buttons:
        viewer.click(button)
    wanted = [
        {"button": button, "down": down, "at": list(PICTURE)}
        for button in buttons
        for down in (True, False)
    ]
    until(lambda: viewer.desk.told("button") == wanted, 20, f"{wanted}")
    for change in (("mousedown", "1"), ("mousedown", "3"), ("mouseup", "1"), ("mouseup", "3")):
        viewer.server.run("xdotool", *change)
    chord = [(1, True), (3, True), (1, False), (3, False)]

    def chords() -> list[tuple[int, bool]]:
        told = viewer.desk.told("button")[len(wanted) :]
        return [(one["button"], one["down"]) for one in told]

    until(lambda: chords() == chord, 20, f"{chord}")
    for button in (4, 5, 5, 6, 7):
        viewer.click(button)
    # MiniBrowser keeps the wheel with Control for itself, and zooms its page.
    modifiers = ["shift"] if viewer.engine == "webkit" else ["shift", "ctrl"]
    for modifier in modifiers:
        viewer.server.run("xdotool", "keydown", modifier, "click", "5", "keyup", modifier)
    turns = ["up", "down", "down", "left", "right", "<Shift>down", "<Primary>down"]
    turns = turns[: 5 + len(modifiers)]
    until(lambda: viewer.desk.turns() == turns, 20, f"{turns}")
    # Neither a menu, nor a mark of autoscroll, nor a page that is zoomed.
    until(viewer.is_exact, 20, "nothing but the desktop")
    assert viewer.window.evaluate("location.href") == address


def test_fingers(viewer: Viewer) -> None:
    # GTK's WebKit takes fingers for a mouse when its driver moves them.
    touches = viewer.engine != "webkit"
    desk, (x, y) = viewer.desk, PICTURE
    viewer.click(1)
    desk.forget()
    viewer.window.fingers(((x, y), (x + 100, y)))
    until(lambda: len(desk.told("button")) == 2, 20, "a drag")
    ends = [(one["button"], one["down"], one["at"]) for one in desk.told("button")]
    assert ends == [(1, True, [x, y]), (1, False, [x + 100, y])]
    if touches:
        desk.forget()
        viewer.window.fingers(((x, y), (x, y)), ((x + 100, y), (x + 100, y)))
        until(lambda: len(desk.told("button")) == 2, 20, "a right click")
        assert {(one["button"], *one["at"]) for one in desk.told("button")} == {(3, x + 50, y)}
        viewer.window.fingers(((x, y), (x, y + 120)), ((x + 100, y), (x + 100, y + 120)))
        viewer.window.fingers(((x, y), (x - 50, y)), ((x + 100, y), (x + 150, y)))
        turns = ["up"] * 2 + ["<Primary>up"] * 3
        until(lambda: desk.turns() == turns, 20, "a scroll, and a pinch to twice the size")
    assert viewer.window.evaluate("visualViewport.scale") == 1


def test_the_page_comes_back_after_a_crash_of_the_daemon(viewer: Viewer) -> None:
    viewer.desk.daemon.kill()
    until(lambda: viewer.data()["link"] == "reconnecting", 20, "a lost connection")
    viewer.desk.daemon.start()
    viewer.desk.daemon.ready()
    until(lambda: viewer.data()["link"] == "connected", 30, "a connection")
    until(viewer.is_exact, 20, "an exact picture")
    viewer.write("back again")
