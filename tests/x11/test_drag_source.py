"""Drops on real programs, under a window manager: what they got, and what we are told."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from Xlib.protocol.event import ClientMessage

from desktopd.geometry import Size
from desktopd.x11.selections import negotiation
from desktopd.x11.selections.content import Content, ContentLimits, ContentTooLarge
from desktopd.x11.selections.drag_source import DragSource
from desktopd.x11.selections.drop_target import drop_target
from desktopd.x11.selections.negotiation import DropResult
from desktopd.x11.windows.window_manager import window_manager
from tests.daemon import short_folder, until
from tests.x11.conftest import JAVA, Server, end, running

SCREEN = Size(800, 600)
LEFT, MIDDLE, RIGHT = (100, 300), (400, 300), (700, 300)
PATHS = (Path("/data/cells.tif"), Path("/data/zwölf Zellen #1 100%.tif"), Path("/data/folder"))
LINK = "https://example.org/image.zarr?x=1&y=%C3%A4"
QT, GTK = ("drop_qt.py", sys.executable), ("drop_gtk.py", "/usr/bin/python3")
TK, SWING = ("drop_tk.py", "/usr/bin/python3"), ("DropSwing.java", *JAVA)
HTML = "<b>fett</b> grün 細胞"


@dataclass
class Screen:
    """A server with a window manager, and a program over the whole screen that tells of drops."""

    server: Server
    command: tuple[str, ...]
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Have the program run, if there is one, and cover the screen."""
        if not self.command or (self.process and self.process.poll() is None):
            return
        name, *python = self.command
        with (self.folder / "told").open("wb") as told, (self.folder / "errors").open("wb") as bad:
            self.process = self.server.start(
                *python,
                str(Path(__file__).with_name(name)),
                stdout=told,
                stderr=bad,
                # Java knows names beyond ASCII by the locale alone.
                QT_QPA_PLATFORM="xcb",
                LC_ALL="C.UTF-8",
            )
        until(self.is_covered, what=f"{name} over the screen")

    def told(self) -> list[dict[str, Any]]:
        lines = (self.folder / "told").read_text().rpartition("\n")[0].splitlines()
        return [json.loads(line) for line in lines]

    def is_covered(self) -> bool:
        sizes = [told["size"] for told in self.told() if "size" in told]
        return sizes[-1:] == [[SCREEN.width, SCREEN.height]]

    def drops(self) -> list[dict[str, Any]]:
        return [told for told in self.told() if "size" not in told]

    def check(self) -> None:
        """Nobody but a test has ended the program; it goes on where a test has stopped it."""
        if self.process:
            self.process.send_signal(signal.SIGCONT)
            errors = (self.folder / "errors").read_text()
            assert self.process.poll() in (None, -signal.SIGKILL), errors


@dataclass(frozen=True)
class Desktop:
    """A screen, the source of drags, and what was told before them."""

    screen: Screen
    source: DragSource
    before: int

    async def drop(self, place: tuple[int, int], content: Content) -> DropResult:
        return await self.source.drop(*place, content)

    async def has_target(self) -> bool:
        """Whether a window that takes drops is to be seen."""
        probe = partial(drop_target, x=LEFT[0], y=LEFT[1])
        return await self.source._connection.call(probe) is not None

    def drops(self) -> list[dict[str, Any]]:
        """What the program has told of drops since the test began."""
        return self.screen.drops()[self.before :]


@pytest.fixture(scope="module")
def screens() -> Iterator[Callable[..., Screen]]:
    """Screens by server and program, each for all tests; a program that was killed is run anew."""
    with ExitStack() as stack:

        @cache
        def screen(kind: str, command: tuple[str, ...]) -> Screen:
            server = stack.enter_context(running(kind, SCREEN))
            server.start("openbox", "--sm-disable")
            return Screen(server, command, stack.enter_context(short_folder()))

        yield screen


@pytest.fixture
async def desktop(screens, connect, eventually) -> AsyncIterator[Callable[..., Any]]:
    """Gives the desktop with a program of ours, or with none."""
    shown: list[Screen] = []

    async def desktop(*command: str, kind: str = "xvfb") -> Desktop:
        screen = screens(kind, command)
        shown.append(screen)
        connection = await connect(screen.server)
        await eventually(lambda: window_manager(connection), "Openbox")
        screen.run()
        before = len(screen.drops()) if command else 0
        desktop = Desktop(screen, await DragSource.open(connection), before)
        if command and command != TK:
            await eventually(desktop.has_target)
        return desktop

    yield desktop
    for screen in shown:
        screen.check()


@pytest.fixture
async def qt(desktop) -> Desktop:
    return await desktop(*QT)


@pytest.fixture
async def gtk(desktop) -> Desktop:
    return await desktop(*GTK)


on_both_servers = pytest.mark.parametrize("kind", ["xvfb", "xdummy"])


@on_both_servers
async def test_qt_gets_files(desktop, kind):
    qt = await desktop(*QT, kind=kind)
    assert await qt.drop(LEFT, Content.of_files(PATHS)) is DropResult.ACCEPTED
    (dropped,) = qt.drops()
    assert dropped["files"] == [str(path) for path in PATHS]
    assert dropped["at"] == [*LEFT]
    assert dropped["action"] == "CopyAction"


async def test_qt_gets_text_and_html(qt):
    content = Content(text="grün 細胞\nzweite", html=HTML)
    assert await qt.drop(LEFT, content) is DropResult.ACCEPTED
    (dropped,) = qt.drops()
    assert dropped["text"] == content.text
    assert dropped["html"].endswith(HTML)


async def test_qt_gets_a_link(qt):
    assert await qt.drop(LEFT, Content(uris=(LINK,))) is DropResult.ACCEPTED
    (dropped,) = qt.drops()
    assert dropped["urls"] == [LINK.replace("%C3%A4", "ä")]
    assert dropped["formats"][0] == "text/uri-list"


async def test_qt_gets_a_megabyte_of_text(qt):
    text = "0123456789abcde\n" * 65_536
    assert await qt.drop(LEFT, Content(text=text)) is DropResult.ACCEPTED
    assert qt.drops()[0]["text"] == text


@on_both_servers
async def test_gtk_gets_files(desktop, kind):
    gtk = await desktop(*GTK, kind=kind)
    assert await gtk.drop(LEFT, Content.of_files(PATHS)) is DropResult.ACCEPTED
    (dropped,) = gtk.drops()
    assert dropped["urls"] == [path.as_uri() for path in PATHS]
    assert dropped["at"] == [*LEFT]


async def test_gtk_gets_text(gtk):
    assert await gtk.drop(LEFT, Content(text="grün 細胞")) is DropResult.ACCEPTED
    (dropped,) = gtk.drops()
    assert (dropped["kind"], dropped["data"]) == ("UTF8_STRING", "grün 細胞")


async def test_swing_gets_files(desktop):
    swing = await desktop(*SWING)
    assert await swing.drop(LEFT, Content.of_files(PATHS)) is DropResult.ACCEPTED
    (dropped,) = swing.drops()
    assert dropped == {"at": [*LEFT], "files": [str(path) for path in PATHS]}
    assert await swing.drop(RIGHT, Content.of_files(PATHS)) is DropResult.REFUSED


async def test_tk_takes_no_drop_and_we_are_told(desktop):
    tk = await desktop(*TK)
    assert await tk.drop(LEFT, Content.of_files(PATHS)) is DropResult.NO_TARGET


async def test_a_program_may_look_before_it_takes(gtk):
    assert await gtk.drop(MIDDLE, Content.of_files(PATHS)) is DropResult.ACCEPTED
    (dropped,) = gtk.drops()
    assert dropped["urls"] == [path.as_uri() for path in PATHS]


@pytest.mark.parametrize("program", [QT, GTK])
async def test_where_a_window_takes_no_drop(desktop, program):
    shown = await desktop(*program)
    assert await shown.drop(RIGHT, Content.of_files(PATHS)) is DropResult.REFUSED
    assert await shown.drop(LEFT, Content.of_files(PATHS)) is DropResult.ACCEPTED
    assert len(shown.drops()) == 1


async def test_what_a_program_does_not_want(qt):
    assert await qt.drop(LEFT, Content(html="no text")) is DropResult.REFUSED
    assert qt.drops() == [{"ignored": ["text/html"]}]


async def test_what_a_program_takes_without_a_word(qt):
    assert await qt.drop(LEFT, Content(text="taken in silence")) is DropResult.ACCEPTED
    assert len(qt.drops()) == 1


async def test_where_there_is_no_window(desktop):
    empty = await desktop()
    assert await empty.drop(LEFT, Content(text="text")) is DropResult.NO_TARGET


async def test_a_terminal_takes_no_drop(desktop, eventually):
    empty = await desktop()
    server = empty.screen.server
    terminal = server.start("xterm", "-fullscreen", "-title", "terminal")
    await eventually(lambda: "terminal" in server.run("xwininfo", "-root", "-tree"))
    assert await empty.drop(LEFT, Content(text="text")) is DropResult.NO_TARGET
    end(terminal)


async def test_the_pointer_is_where_the_drop_is(qt):
    await qt.drop(LEFT, Content(text="text"))
    x, y = LEFT
    assert f"x:{x} y:{y}" in qt.screen.server.run("xdotool", "getmouselocation")


async def test_drops_come_one_after_the_other(qt):
    texts = [f"text {n}" for n in range(5)]
    results = await asyncio.gather(*(qt.drop(LEFT, Content(text=text)) for text in texts))
    assert results == [DropResult.ACCEPTED] * 5
    assert [dropped["text"] for dropped in qt.drops()] == texts


async def test_drops_that_are_cut_off_leave_no_windows_behind(qt):
    """However far one has come."""
    connection = qt.source._connection

    def windows(display: Any) -> set[int]:
        return {window.id for window in display.screen().root.query_tree().children}

    await qt.drop(MIDDLE, Content(text="before"))
    before = await connection.call(windows)
    for turns in range(40):
        dropping = asyncio.create_task(qt.drop(MIDDLE, Content(text="cut off")))
        for _ in range(turns):
            await asyncio.sleep(0.0002)
        dropping.cancel()
        await asyncio.wait([dropping])
    await qt.drop(MIDDLE, Content(text="after"))
    # The window is another one each time.
    assert len(await connection.call(windows)) == len(before)


async def test_a_program_that_does_not_answer(qt, eventually, monkeypatch):
    monkeypatch.setattr(negotiation, "STATUS_SECONDS", 0.3)
    heard = []
    qt.source._connection.subscribe(heard.append)
    qt.screen.process.send_signal(signal.SIGSTOP)
    first = qt.drop(LEFT, Content(text="first"))
    assert await first is DropResult.TIMED_OUT
    qt.screen.process.send_signal(signal.SIGCONT)
    # It answers late, to the first: Qt does not answer the second where it has yet to do so.
    await eventually(lambda: any(isinstance(event, ClientMessage) for event in heard))
    monkeypatch.undo()
    assert await qt.drop(LEFT, Content(text="second")) is DropResult.ACCEPTED
    assert [dropped["text"] for dropped in qt.drops()] == ["second"]


async def test_a_program_that_dies_meanwhile(qt, eventually):
    qt.screen.process.send_signal(signal.SIGSTOP)
    drop = asyncio.create_task(qt.drop(LEFT, Content(text="first")))
    await qt.source._connection.ping()
    qt.screen.process.kill()
    assert await drop in (DropResult.TIMED_OUT, DropResult.NO_TARGET)


async def test_too_much_is_refused_before_anybody_sees_it(qt):
    source = DragSource(qt.source._connection, ContentLimits(text=10))
    with pytest.raises(ContentTooLarge, match="text of 11 bytes: at most 10 fit"):
        await source.drop(*LEFT, Content(text="x" * 11))
    assert qt.drops() == []
