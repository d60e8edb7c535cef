"""Drops on real programs, under a window manager: what they got, and what we are told."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from desktopd.geometry import Size
from desktopd.x11.selections import negotiation
from desktopd.x11.selections.content import Content, ContentLimits, ContentTooLarge
from desktopd.x11.selections.drag_source import DragSource
from desktopd.x11.selections.drop_target import drop_target
from desktopd.x11.selections.negotiation import DropResult
from desktopd.x11.windows.window_manager import window_manager

if TYPE_CHECKING:
    from conftest import Server

SCREEN = Size(800, 600)
LEFT, MIDDLE, RIGHT = (100, 300), (400, 300), (700, 300)
PATHS = (Path("/data/cells.tif"), Path("/data/zwölf Zellen #1 100%.tif"), Path("/data/folder"))
LINK = "https://example.org/image.zarr?x=1&y=%C3%A4"
QT, GTK = ("drop_qt.py", sys.executable), ("drop_gtk.py", "/usr/bin/python3")
TK, SWING = ("drop_tk.py", "/usr/bin/python3"), ("DropSwing.java", "java")
HTML = "<b>fett</b> grün 細胞"


@dataclass(frozen=True)
class Program:
    """A program over the whole screen that tells of drops."""

    process: subprocess.Popen[bytes]
    log: Path

    def told(self) -> list[dict[str, Any]]:
        lines = self.log.read_text().rpartition("\n")[0].splitlines()
        return [json.loads(line) for line in lines]

    def drops(self) -> list[dict[str, Any]]:
        return [told for told in self.told() if "size" not in told]

    def covers_the_screen(self) -> bool:
        sizes = [told["size"] for told in self.told() if "size" in told]
        return sizes[-1:] == [[SCREEN.width, SCREEN.height]]


@dataclass(frozen=True)
class Desktop:
    """A server with a window manager, and the source of drags."""

    server: Server
    source: DragSource

    async def drop(self, place: tuple[int, int], content: Content) -> DropResult:
        return await self.source.drop(*place, content)

    async def has_target(self) -> bool:
        """Whether a window that takes drops is to be seen."""
        probe = partial(drop_target, x=LEFT[0], y=LEFT[1])
        return await self.source._connection.call(probe) is not None


@pytest.fixture(params=["xvfb", "xdummy"])
async def desktop(request, start: Callable[..., Server], connect, eventually) -> Desktop:
    server = start(request.param, SCREEN)
    server.start("openbox", "--sm-disable")
    connection = await connect(server)
    await eventually(lambda: window_manager(connection), "Openbox")
    return Desktop(server, await DragSource.open(connection))


@pytest.fixture
async def run(desktop, folder, eventually) -> AsyncIterator[Callable[..., Any]]:
    """Starts a program of ours, and waits until it covers the screen."""
    started: list[subprocess.Popen[bytes]] = []

    async def run(name: str, *python: str) -> Program:
        log, errors = folder / name, folder / "errors"
        with log.open("wb") as output, errors.open("wb") as complaints:
            process = subprocess.Popen(
                [*python, str(Path(__file__).with_name(name))],
                # Java knows names beyond ASCII by the locale alone.
                env={
                    **desktop.server.environment,
                    "QT_QPA_PLATFORM": "xcb",
                    "LC_ALL": "C.UTF-8",
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=complaints,
            )
        started.append(process)
        program = Program(process, log)
        await eventually(program.covers_the_screen)
        if name != TK[0]:
            await eventually(desktop.has_target)
        return program

    yield run
    for process in started:
        assert process.poll() in (None, -signal.SIGKILL), (folder / "errors").read_text()
        process.kill()
        process.wait(10)


@pytest.fixture
async def qt(run) -> Program:
    return await run(*QT)


@pytest.fixture
async def gtk(run) -> Program:
    return await run(*GTK)


async def test_qt_gets_files(desktop, qt):
    assert await desktop.drop(LEFT, Content.of_files(PATHS)) is DropResult.ACCEPTED
    (dropped,) = qt.drops()
    assert dropped["files"] == [str(path) for path in PATHS]
    assert dropped["at"] == [*LEFT]
    assert dropped["action"] == "CopyAction"


async def test_qt_gets_text_and_html(desktop, qt):
    content = Content(text="grün 細胞\nzweite", html=HTML)
    assert await desktop.drop(LEFT, content) is DropResult.ACCEPTED
    (dropped,) = qt.drops()
    assert dropped["text"] == content.text
    assert dropped["html"].endswith(HTML)


async def test_qt_gets_a_link(desktop, qt):
    assert await desktop.drop(LEFT, Content(uris=(LINK,))) is DropResult.ACCEPTED
    (dropped,) = qt.drops()
    assert dropped["urls"] == [LINK.replace("%C3%A4", "ä")]
    assert dropped["formats"][0] == "text/uri-list"


async def test_qt_gets_a_megabyte_of_text(desktop, qt):
    text = "0123456789abcde\n" * 65_536
    assert await desktop.drop(LEFT, Content(text=text)) is DropResult.ACCEPTED
    assert qt.drops()[0]["text"] == text


async def test_gtk_gets_files(desktop, gtk):
    assert await desktop.drop(LEFT, Content.of_files(PATHS)) is DropResult.ACCEPTED
    (dropped,) = gtk.drops()
    assert dropped["urls"] == [path.as_uri() for path in PATHS]
    assert dropped["at"] == [*LEFT]


async def test_gtk_gets_text(desktop, gtk):
    assert await desktop.drop(LEFT, Content(text="grün 細胞")) is DropResult.ACCEPTED
    (dropped,) = gtk.drops()
    assert (dropped["kind"], dropped["data"]) == ("UTF8_STRING", "grün 細胞")


async def test_swing_gets_files(desktop, run):
    swing = await run(*SWING)
    assert await desktop.drop(LEFT, Content.of_files(PATHS)) is DropResult.ACCEPTED
    (dropped,) = swing.drops()
    assert dropped == {"at": [*LEFT], "files": [str(path) for path in PATHS]}
    assert await desktop.drop(RIGHT, Content.of_files(PATHS)) is DropResult.REFUSED


async def test_tk_takes_no_drop_and_we_are_told(desktop, run):
    await run(*TK)
    assert await desktop.drop(LEFT, Content.of_files(PATHS)) is DropResult.NO_TARGET


async def test_a_program_may_look_before_it_takes(desktop, gtk):
    assert await desktop.drop(MIDDLE, Content.of_files(PATHS)) is DropResult.ACCEPTED
    (dropped,) = gtk.drops()
    assert dropped["urls"] == [path.as_uri() for path in PATHS]


@pytest.mark.parametrize("program", [QT, GTK])
async def test_where_a_window_takes_no_drop(desktop, run, program):
    shown = await run(*program)
    assert await desktop.drop(RIGHT, Content.of_files(PATHS)) is DropResult.REFUSED
    assert await desktop.drop(LEFT, Content.of_files(PATHS)) is DropResult.ACCEPTED
    assert len(shown.drops()) == 1


async def test_what_a_program_does_not_want(desktop, qt):
    assert await desktop.drop(LEFT, Content(html="no text")) is DropResult.REFUSED
    assert qt.drops() == [{"ignored": ["text/html"]}]


async def test_what_a_program_takes_without_a_word(desktop, qt):
    assert await desktop.drop(LEFT, Content(text="taken in silence")) is DropResult.ACCEPTED
    assert len(qt.drops()) == 1


async def test_where_there_is_no_window(desktop):
    assert await desktop.drop(LEFT, Content(text="text")) is DropResult.NO_TARGET


async def test_a_terminal_takes_no_drop(desktop, eventually):
    desktop.server.start("xterm", "-fullscreen", "-title", "terminal")
    await eventually(lambda: "terminal" in desktop.server.run("xwininfo", "-root", "-tree"))
    assert await desktop.drop(LEFT, Content(text="text")) is DropResult.NO_TARGET


async def test_the_pointer_is_where_the_drop_is(desktop, qt):
    await desktop.drop(LEFT, Content(text="text"))
    x, y = LEFT
    assert f"x:{x} y:{y}" in desktop.server.run("xdotool", "getmouselocation")


async def test_drops_come_one_after_the_other(desktop, qt):
    texts = [f"text {n}" for n in range(5)]
    results = await asyncio.gather(*(desktop.drop(LEFT, Content(text=text)) for text in texts))
    assert results == [DropResult.ACCEPTED] * 5
    assert [dropped["text"] for dropped in qt.drops()] == texts


async def test_a_program_that_does_not_answer(desktop, qt, monkeypatch):
    monkeypatch.setattr(negotiation, "STATUS_SECONDS", 0.3)
    qt.process.send_signal(signal.SIGSTOP)
    first = desktop.drop(LEFT, Content(text="first"))
    assert await first is DropResult.TIMED_OUT
    qt.process.send_signal(signal.SIGCONT)
    monkeypatch.undo()
    assert await desktop.drop(LEFT, Content(text="second")) is DropResult.ACCEPTED
    assert [dropped["text"] for dropped in qt.drops()] == ["second"]


async def test_a_program_that_dies_meanwhile(desktop, qt, eventually):
    qt.process.send_signal(signal.SIGSTOP)
    drop = asyncio.create_task(desktop.drop(LEFT, Content(text="first")))
    await desktop.source._connection.ping()
    qt.process.kill()
    assert await drop in (DropResult.TIMED_OUT, DropResult.NO_TARGET)


async def test_too_much_is_refused_before_anybody_sees_it(desktop, qt):
    source = DragSource(desktop.source._connection, ContentLimits(text=10))
    with pytest.raises(ContentTooLarge, match="text of 11 bytes: at most 10 fit"):
        await source.drop(*LEFT, Content(text="x" * 11))
    assert qt.drops() == []
