"""CLIPBOARD and PRIMARY in real programs: what each takes, gives and leaves alone."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from desktopd.session.launcher import APP_DEFAULTS
from desktopd.x11.connection import Connection
from desktopd.x11.input.keyboard import Keyboard
from desktopd.x11.input.pointer import Pointer, ViewerPointer
from desktopd.x11.selections.clipboard import Clipboard
from desktopd.x11.selections.primary import Primary
from tests.x11.recorder import focus

if TYPE_CHECKING:
    from tests.x11.conftest import Server

Eventually = Callable[..., Awaitable[None]]
FIELD = Path(__file__).with_name("line_edit_gtk.py")
CONTROL, SHIFT, INSERT = 0xFFE3, 0xFFE1, 0xFF63
LEFT, MIDDLE = 1, 2


class Hands:
    """A viewer's keyboard and pointer, and the clipboard of the display."""

    def __init__(self, connection: Connection, clipboard: Clipboard) -> None:
        self.connection = connection
        self.clipboard = clipboard

    async def open(self) -> Hands:
        self._keys = (await Keyboard.open(self.connection)).viewer()
        primary = await Primary.open(self.connection, lambda: self.clipboard.text)
        pointer = await Pointer.open(self.connection, primary.fill)
        self._pointer: ViewerPointer = pointer.viewer()
        return self

    def press(self, *keysyms: int) -> None:
        for keysym in keysyms:
            self._keys.key(keysym, True)
        for keysym in reversed(keysyms):
            self._keys.key(keysym, False)

    def click(self, button: int, x: int = 60, y: int = 20) -> None:
        for buttons in (0, 1 << button - 1, 0):
            self._pointer.event(x, y, buttons)

    def mark(self, start: int, stop: int, y: int) -> None:
        """Drag the pointer over a text."""
        for x, buttons in ((start, 0), (start, 1), (stop, 1), (stop, 0)):
            self._pointer.event(x, y, buttons)


@pytest.fixture
async def hands(server: Server, connect: Any) -> Hands:
    clipboard = await Clipboard.open(await connect(server))
    await clipboard.set("")
    return await Hands(await connect(server), clipboard).open()


@contextmanager
def printing(server: Server, folder: Path, *command: str, **environment: str) -> Iterator[Path]:
    """A program until the end of the block, and what it prints."""
    log = folder / "program.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env={**server.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield log
        finally:
            process.terminate()
            process.wait(10)


def last(log: Path) -> str | None:
    """The content of the field, None before it is there."""
    lines = log.read_text().rpartition("\n")[0].splitlines()
    return str(json.loads(lines[-1])) if lines else None


def primary(server: Server) -> str:
    """What the middle button would paste."""
    command = ["xclip", "-out", "-selection", "primary"]
    answer = subprocess.run(command, env=server.environment, capture_output=True, timeout=20)
    return answer.stdout.decode()


async def test_a_paste_over_marked_text_takes_its_place(
    server: Server, hands: Hands, folder: Path, eventually: Eventually
) -> None:
    with printing(server, folder, "/usr/bin/python3", str(FIELD)) as log:
        await eventually(lambda: last(log), "")
        await focus(hands.connection)
        hands.click(LEFT)
        for old, new in (("", "old words"), ("old words", "new"), ("new", "Grüße, 細胞 🧫 π≈3.14")):
            await eventually(lambda: last(log), old)
            hands.press(CONTROL, ord("a"))
            await eventually(lambda: primary(server), old)
            await hands.clipboard.set(new)
            assert primary(server) == old, "what is marked stays marked"
            hands.press(CONTROL, ord("v"))
            await eventually(lambda: last(log), new)


async def test_a_middle_click_pastes_what_is_marked_or_else_what_was_copied(
    server: Server, hands: Hands, folder: Path, eventually: Eventually
) -> None:
    with printing(server, folder, "/usr/bin/python3", str(FIELD)) as log:
        await eventually(lambda: last(log), "")
        await focus(hands.connection)
        text = ""
        # GTK takes clicks at one place for a double click.
        for x, copied in ((60, "one "), (200, "two ")):
            await hands.clipboard.set(copied)
            hands.click(MIDDLE, x)
            text += copied
            await eventually(lambda: sorted(last(log) or ""), sorted(text))
        marking = ["xclip", "-in", "-selection", "primary"]
        subprocess.run(marking, input=b"marked ", env=server.environment, check=True, timeout=20)
        await eventually(lambda: asyncio.to_thread(primary, server), "marked ")
        hands.click(MIDDLE, 340)
        text += "marked "
        await eventually(lambda: sorted(last(log) or ""), sorted(text))
        assert hands.clipboard.text == "two "


async def test_marked_in_xterm_is_copied_and_shift_insert_pastes(
    server: Server, hands: Hands, folder: Path, eventually: Eventually
) -> None:
    typed = folder / "typed"
    script = f'printf "marked"; read -r line; printf %s "$line" > {typed}; sleep 60'
    command = ("xterm", "-geometry", "80x24+0+0", "-e", "sh", "-c", script)
    with printing(server, folder, *command, XAPPLRESDIR=str(APP_DEFAULTS)):
        await focus(hands.connection)

        async def copied() -> bool:
            hands.mark(4, 200, 10)
            await asyncio.sleep(0.3)  # xterm takes two drags at once for a double click
            return hands.clipboard.text.strip() == "marked"

        await eventually(copied)
        await hands.clipboard.set("Grüße, 細胞 π≈3.14\r\n")
        hands.press(SHIFT, INSERT)
        await eventually(lambda: typed.exists() and typed.read_text(), "Grüße, 細胞 π≈3.14")
