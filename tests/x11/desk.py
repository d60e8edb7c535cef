"""What types on a display, and a client there that records what arrives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from Xlib import XK

from desktopd.x11.connection import Connection
from desktopd.x11.input import xkb
from desktopd.x11.input.keyboard import Keyboard
from desktopd.x11.input.keysyms import keysym_of
from tests.x11.recorder import Recorder, focus, recording

if TYPE_CHECKING:
    from conftest import Server

LAYOUTS = {
    "us": ["us"],
    "de": ["de"],
    "de-nodeadkeys": ["de", "-variant", "nodeadkeys"],
    "fr": ["fr"],
    "ru": ["ru"],
    "us-intl": ["us", "-variant", "intl"],
    "us-ru": ["us,ru", "-option", "grp:alt_shift_toggle"],
}

Eventually = Callable[..., Awaitable[None]]


class Desk:
    """A display with a client that records, and the hands of a viewer."""

    def __init__(
        self, server: Server, keyboard: Keyboard, connection: Connection, recorder: Recorder
    ) -> None:
        self.server = server
        self.keyboard = keyboard
        self.connection = connection
        self.recorder = recorder
        self.viewer = keyboard.viewer()

    def down(self, *keysyms: int) -> None:
        for keysym in keysyms:
            self.viewer.key(keysym, True)

    def up(self, *keysyms: int) -> None:
        for keysym in keysyms:
            self.viewer.key(keysym, False)

    def tap(self, *keysyms: int) -> None:
        for keysym in keysyms:
            self.down(keysym)
            self.up(keysym)

    def type(self, text: str) -> None:
        self.tap(*map(keysym_of, text))

    def layout(self, name: str) -> None:
        self.server.run("setxkbmap", "-option", "")
        self.server.run("setxkbmap", *LAYOUTS[name])

    def seen(self) -> list[tuple[bool, int]]:
        """Presses (True) and releases with their keysyms."""
        return [(key.press, key.keysym) for key in self.recorder.key_events()]

    def pressed(self) -> list[tuple[int, int]]:
        """The keysyms of presses with their modifiers."""
        return [(key.keysym, key.state) for key in self.recorder.presses()]

    async def settle(self, eventually: Eventually) -> None:
        """Let the client read the keymap, as it does for the first key that it gets.

        Xlib asks for news of the keymap only after it has read it: what is bound between the two
        stays unknown to it.
        """
        self.tap(XK.XK_Control_R)
        await eventually(lambda: len(self.recorder.key_events()), 2)
        self.recorder.clear()

    async def held(self) -> list[int]:
        """The keycodes that are down for X."""
        bitmap = await self.connection.call(lambda display: display.query_keymap())
        return [keycode for keycode in range(256) if bitmap[keycode // 8] >> keycode % 8 & 1]

    async def state(self) -> tuple[int, int]:
        """Modifiers and group of X."""
        state = await self.connection.call(xkb.read_state)
        return state.modifiers, state.group


@asynccontextmanager
async def typing_on(
    server: Server, connection: Connection, folder: Path, eventually: Eventually
) -> AsyncIterator[Desk]:
    """A desk on the server until the end of the block, whose client has read the keymap."""
    keyboard = await Keyboard.open(connection)
    with recording(server, folder) as recorder:
        await focus(connection)
        desk = Desk(server, keyboard, connection, recorder)
        await desk.settle(eventually)
        yield desk
