"""What a person types in a browser, on keyboards of several countries, into programs of several toolkits."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from desktopd.geometry import Size
from tests.chromium import FLAGS
from tests.daemon import Daemon, short_folder, until
from tests.firefox import firefox
from tests.x11.conftest import Server, end, running

PROGRAMS = Path(__file__).with_name("typing")
SYSTEM_PYTHON = "/usr/bin/python3"
COMMANDS = {
    "Qt": (sys.executable, str(PROGRAMS / "line_qt.py")),
    "GTK": (SYSTEM_PYTHON, str(PROGRAMS / "line_gtk.py")),
    "Tk": (SYSTEM_PYTHON, str(PROGRAMS / "line_tk.py")),
    "Swing": ("java", str(PROGRAMS / "LineSwing.java")),
}
# What is typed on a keyboard of a country, and its keys by the letters that shortcuts are named by.
LAYOUTS = {
    "us": ("Hi, 1+1=2 {ok}?", "acsz"),
    "de": ("Zürich, größer: @€ {}", "acsz"),
    "fr": ("déjà, ça où? 12", "acsz"),
    "gr": ("Ωραια, ναι", ("Greek_alpha", "Greek_psi", "Greek_sigma", "Greek_zeta")),
    "ru": ("Привет, мир!", ("Cyrillic_ef", "Cyrillic_es", "Cyrillic_yeru", "Cyrillic_ya")),
    "il": ("שלום", ("hebrew_shin", "hebrew_bet", "hebrew_dalet", "hebrew_zain")),
}
CONTROL = {"A": "\x01", "C": "\x03", "S": "\x13", "Z": "\x1a"}


@dataclass
class Line:
    """A program on the desktop with a line of text."""

    name: str
    log: Path
    environment: dict[str, str]

    def facts(self) -> list[dict[str, str]]:
        # The last line may be half written.
        return [json.loads(one) for one in self.log.read_text().rpartition("\n")[0].splitlines()]

    def text(self) -> str:
        return next((fact["text"] for fact in reversed(self.facts()) if "text" in fact), "")

    def shortcuts(self) -> list[str]:
        return [fact["shortcut"] for fact in self.facts() if "shortcut" in fact]

    def activate(self) -> None:
        """Have it take the keys of the desktop."""
        search = ("search", "--sync", "--name", f"line of {self.name}")
        command = ("xdotool", *search, "windowactivate", "--sync")
        subprocess.run(command, env=self.environment, check=True, timeout=20)

    def told(self, text: str, shortcuts: list[str]) -> Callable[[], bool]:
        return lambda: self.text() == text and self.shortcuts() == shortcuts


class Terminal(Line):
    """An xterm: what it gives its program is text, and shortcuts are control characters."""

    def facts(self) -> list[dict[str, str]]:
        content = self.log.read_text(errors="ignore")
        names = {character: f"Ctrl+{letter}" for letter, character in CONTROL.items()}
        text = "".join(one for one in content if one not in names)
        return [{"text": text}] + [{"shortcut": names[one]} for one in content if one in names]


@dataclass
class Desk:
    """The computer of a visitor: a screen with a keyboard, whose browser shows a desktop."""

    server: Server
    lines: dict[str, Line]

    def layout(self, *names: str) -> None:
        self.server.run("setxkbmap", "-option", "")
        self.server.run("setxkbmap", *names)

    def type(self, text: str) -> None:
        self.server.run("xdotool", "type", "--delay", "20", text)

    def key(self, *names: str) -> None:
        self.server.run("xdotool", "key", "--delay", "20", *names)

    def click(self) -> None:
        self.server.run("xdotool", "mousemove", "640", "500", "click", "1")


@pytest.fixture(scope="module")
def desktop() -> Iterator[Daemon]:
    with short_folder() as folder:
        daemon = Daemon(folder, app="xterm", display="xvfb", size="1280x720")
        daemon.ready()
        yield daemon
        daemon.stop()


@pytest.fixture(scope="module")
def lines(desktop: Daemon) -> Iterator[dict[str, Line]]:
    """Every program, once for all tests."""
    environment = {**desktop.environment(), "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "xcb"}
    lines: dict[str, Line] = {}
    with ExitStack() as stack:
        for name, command in COMMANDS.items():
            log = desktop.folder / f"{name}.log"
            output = stack.enter_context(log.open("wb"))
            process = subprocess.Popen(command, env=environment, stdout=output, stdin=subprocess.DEVNULL)
            stack.callback(end, process)
            lines[name] = Line(name, log, environment)
        log = desktop.folder / "xterm.log"
        raw = f"stty raw -echo; exec cat > {log}"
        command = ("xterm", "-u8", "-T", "line of xterm", "-maximized", "-e", "sh", "-c", raw)
        stack.callback(end, subprocess.Popen(command, env=environment))
        until(log.exists, 20, "an xterm")
        lines["xterm"] = Terminal("xterm", log, environment)
        for name in COMMANDS:
            until(lines[name].facts, 40, f"a line of {name}")
        yield lines


@pytest.fixture(scope="module")
def screen() -> Iterator[Server]:
    """The visitor's screen."""
    with running("xvfb", Size(1300, 900)) as server:
        server.start("openbox", "--sm-disable")
        yield server


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def desk(
    request: pytest.FixtureRequest, screen: Server, desktop: Daemon, lines: dict[str, Line]
) -> Iterator[Desk]:
    """A browser in a window, with nothing between it and the hands."""
    with ExitStack() as stack, short_folder() as folder:
        if request.param == "firefox":
            stack.enter_context(firefox(screen, folder / "profile", desktop.page))
        else:
            program = shutil.which("chromium") or "chromium"
            options = (*FLAGS, f"--user-data-dir={folder}", "--window-size=1280,800")
            stack.callback(end, screen.start(program, *options, desktop.page))
        until(lambda: desktop.session()["viewers"], 60, "a viewer")
        desk = Desk(screen, lines)
        desk.layout("us")
        lines["Qt"].activate()
        until(lambda: typed(desk, lines["Qt"]), 30, "a key")
        yield desk
    until(lambda: not desktop.session()["viewers"], 30, "no viewer")


def typed(desk: Desk, line: Line) -> bool:
    """Whether a key arrives, within a moment."""
    before = line.text()
    desk.click()
    desk.key("x")
    return any(line.text() != before for _ in range(10))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_into_every_toolkit(desk: Desk, layout: str) -> None:
    text, keys = LAYOUTS[layout]
    desk.layout(layout)
    for name, line in desk.lines.items():
        line.activate()
        before, shortcuts = line.text(), line.shortcuts()
        desk.type(text)
        desk.key(*(f"ctrl+{key}" for key in keys))
        expected = line.told(before + text, shortcuts + [f"Ctrl+{letter}" for letter in "ACSZ"])
        until(expected, 10, f"{text} and its shortcuts in {name}, which has {line.text()}, {line.shortcuts()}")
