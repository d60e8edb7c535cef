"""The keyboard of the X display, for several viewers at once (XTEST, XKB).

Which keycode each viewer holds is kept here: a release has to reach the key that was pressed, even
if the keymap is another by then. How many viewers hold a keycode is kept in virtual_keyboard.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from desktopd.observers import Observers
from desktopd.x11.connection import Connection, Display, Event
from desktopd.x11.input import xkb
from desktopd.x11.input.auto_repeat import Lease
from desktopd.x11.input.scancodes import KEY_NAMES
from desktopd.x11.input.virtual_keyboard import VirtualKeyboard

# What a viewer calls a key: its scan code, or else its keysym.
_Name = tuple[int | None, int]


@dataclass(frozen=True, slots=True)
class Leds:
    """The lock lights of the keyboard."""

    caps: bool = False
    num: bool = False
    scroll: bool = False


class Keyboard:
    """The one keyboard of the display. `leds` are its lock lights, whoever changed them.

    All of this belongs to the loop; the VirtualKeyboard belongs to the X thread.
    """

    def __init__(self, connection: Connection, keys: VirtualKeyboard) -> None:
        self.leds = Leds()
        self._connection = connection
        self._keys = keys
        self._handlers: Observers[[Leds]] = Observers()
        self._reading: asyncio.Task[None] | None = None
        self._lease = Lease(lambda: connection.post(lambda display: keys.end_repeat()))

    @classmethod
    async def open(cls, connection: Connection) -> Keyboard:
        """Use the keyboard of `connection`.

        Raises XError when the server has no XTEST or no XKB, or libxkbcommon is missing.
        """
        keyboard = cls(connection, await connection.call(VirtualKeyboard))
        # A key that is typed next shall be that of the new keymap.
        connection.watch(keyboard._keys.note)
        connection.subscribe(keyboard._on_event)
        keyboard.leds = await connection.call(_read_leds)
        return keyboard

    def viewer(self) -> ViewerKeys:
        """What one more viewer types with."""
        return ViewerKeys(self._connection, self._keys, self._lease)

    def on_leds(self, handler: Callable[[Leds], None]) -> None:
        """Have `handler` called in the loop whenever the lights are others."""
        self._handlers.add(handler)

    async def close(self) -> None:
        """Release all keys, and give X its keymap and its auto-repeat back.

        Raises as `Connection.call` does.
        """
        self._lease.cancel()
        await self._connection.call(lambda display: self._keys.close())

    def _on_event(self, event: Event) -> None:
        if isinstance(event, xkb.IndicatorsChanged) and self._reading is None:
            self._reading = self._connection.spawn(self._follow_leds())

    async def _follow_leds(self) -> None:
        """Read the lights between two keystrokes: within one they may change for a moment."""
        self._reading = None
        leds = await self._connection.call(_read_leds)
        if leds != self.leds:
            self.leds = leds
            self._handlers.call(leds)


class ViewerKeys:
    """What one viewer holds down. Every call returns at once; X gets the keys in that order."""

    def __init__(self, connection: Connection, keys: VirtualKeyboard, lease: Lease) -> None:
        self._connection = connection
        self._lease = lease
        # The X thread's alone.
        self._keys = keys
        self._pressed: dict[_Name, int] = {}

    def key(self, keysym: int, down: bool, scancode: int | None = None) -> None:
        """Press or release the key that types `keysym` (X11 protocol, appendix A).

        `scancode` is the physical key in the code of the QEMU extended key event (rfbproto): of
        several keys with that keysym it is preferred, and with `keysym` 0 it is pressed unless it
        types text. `down` again without a release says that it is still held. A release goes to
        the key that was pressed, also when the keysym is another by now.
        """
        # Codes of no key do not count as names: a viewer holds no more than a keyboard has.
        name = (scancode, 0) if scancode in KEY_NAMES else (None, keysym)
        if down:
            self._lease.renew((self, name))
            self._connection.post(lambda display: self._press(name, keysym, scancode))
        else:
            self._lease.release((self, name))
            self._connection.post(lambda display: self._release(name, keysym))

    def release_all(self) -> None:
        """Release whatever the viewer holds, the last pressed key first."""
        self._connection.post(lambda display: self._release_all())

    # From here on: run in the X thread.

    def _press(self, name: _Name, keysym: int, scancode: int | None) -> None:
        before = self._pressed.get(name)
        if before is not None:
            if self._keys.is_modifier(before):
                return
            if self._keys.bears(before, keysym) and self._keys.renew(before):
                return
            self._keys.release(self._pressed.pop(name))
        keycode = self._keys.press(keysym, scancode)
        if keycode:
            self._pressed[name] = keycode

    def _release(self, name: _Name, keysym: int) -> None:
        if name not in self._pressed:
            bearers = (n for n, k in self._pressed.items() if self._keys.bears(k, keysym))
            name = next(bearers, name)
        keycode = self._pressed.pop(name, None)
        if keycode is not None:
            self._keys.release(keycode)

    def _release_all(self) -> None:
        while self._pressed:
            self._keys.release(self._pressed.popitem()[1])


def _read_leds(display: Display) -> Leds:
    lit = xkb.read_indicators(display)
    bits = xkb.read_names(display).indicators

    def is_lit(name: str) -> bool:
        bit = bits.get(display.get_atom(name))
        return bit is not None and bool(lit >> bit & 1)

    return Leds(is_lit("Caps Lock"), is_lit("Num Lock"), is_lit("Scroll Lock"))
