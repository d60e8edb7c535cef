"""From keysyms to a Qt program, which reads the keymap by libxkbcommon as napari does."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from Xlib import XK

from desktopd.x11.connection import Connection
from desktopd.x11.input.keyboard import Keyboard, ViewerKeys
from desktopd.x11.input.keysyms import keysym_of
from tests.x11.conftest import SECONDS, end
from tests.x11.recorder import focus

if TYPE_CHECKING:
    from conftest import Server

PROGRAM = Path(__file__).with_name("line_edit.py")
ISO_LEVEL3_SHIFT = 0xFE03
LAYOUTS = {
    "us": ("us",),
    "de": ("de",),
    "de-nodeadkeys": ("de", "-variant", "nodeadkeys"),
    "fr": ("fr",),
    "us-intl": ("us", "-variant", "intl"),
    "ru": ("ru",),
    "us-ru": ("us,ru",),
}
TEXT = "Hello, World: 1+1=2; user@host {[]} \\|~^`'\" €ßéÀñø Яблоко ЖЁ 中文 😀 ½→Ω"
COMMON = "the quick brown fox, THE LAZY DOG; 0123456789 @€{}[]ßéèüÖçñ Привет Мир"


@dataclass(frozen=True)
class Line:
    """The program with its line of text, and a viewer at the keyboard."""

    server: Server
    connection: Connection
    viewer: ViewerKeys
    program: subprocess.Popen[bytes]
    log: Path

    def text(self) -> str:
        # The last line may be half written.
        lines = self.log.read_text().rpartition("\n")[0].splitlines()
        return str(json.loads(lines[-1])) if lines else ""

    def tap(self, *keysyms: int) -> None:
        for keysym in keysyms:
            self.viewer.key(keysym, True)
            self.viewer.key(keysym, False)

    def type(self, text: str) -> None:
        self.tap(*map(keysym_of, text))


@pytest.fixture
async def line(start: Callable[..., Server], connect, folder) -> AsyncIterator[Line]:
    server = start()
    connection = await connect(server)
    keyboard = await Keyboard.open(connection)
    log, errors = folder / "line", folder / "errors"
    with log.open("wb") as output, errors.open("wb") as complaints:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            env={**server.environment, "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "xcb"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=complaints,
        )
        try:
            await focus(connection)
            yield Line(server, connection, keyboard.viewer(), process, log)
            assert process.poll() is None, errors.read_text()
        finally:
            end(process)


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_text_arrives_whatever_the_layout_and_the_locks(line, eventually, layout):
    line.server.run("setxkbmap", *LAYOUTS[layout])
    expected = ""
    for lock in (None, XK.XK_Caps_Lock, XK.XK_Num_Lock):
        if lock:
            line.tap(lock)
        line.type(TEXT)
        expected += TEXT
        await eventually(line.text, expected)


@pytest.mark.parametrize("characters", [60, 400])
async def test_fast_typing_loses_nothing(line, eventually, characters):
    chosen = random.Random(1)
    rare = [chr(code) for code in range(0x4E00, 0x4E00 + characters)]
    text = "".join(chosen.choice([*COMMON, *COMMON, *rare]) for _ in range(500))
    line.type(text)
    await eventually(line.text, text)


async def test_a_program_that_is_busy_reads_what_was_typed_meanwhile(line, eventually):
    text = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 90)) + COMMON
    line.program.send_signal(signal.SIGSTOP)
    line.type(text)
    # More than one request may take: what is typed anew waits for what was typed before it.
    typed = threading.Event()
    line.connection.post(lambda display: typed.set())
    assert await asyncio.to_thread(typed.wait, SECONDS)
    line.program.send_signal(signal.SIGCONT)
    await eventually(line.text, text)


@pytest.mark.parametrize("layout", ["us", "de", "fr"])
async def test_text_with_alt_gr_held(line, eventually, layout):
    line.server.run("setxkbmap", *LAYOUTS[layout])
    line.viewer.key(ISO_LEVEL3_SHIFT, True)
    line.type("@€{[]}\\|µé中")
    line.viewer.key(ISO_LEVEL3_SHIFT, False)
    line.type("ok")
    await eventually(line.text, "@€{[]}\\|µé中ok")


async def test_dead_keys_of_the_viewer_compose(line, eventually):
    dead_acute, dead_diaeresis = 0xFE51, 0xFE57
    for count, layout in enumerate(("us", "de"), 1):
        line.server.run("setxkbmap", *LAYOUTS[layout])
        line.tap(dead_acute)
        line.type("e")
        line.tap(dead_diaeresis)
        line.type("U")
        await eventually(line.text, "éÜ" * count)
