"""The pointer of the X display, for several viewers at once (XTEST).

The loop counts who holds which button: unlike a key, a button is the same whatever the keymap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from Xlib import X

from desktopd.x11.connection import Connection, Display
from desktopd.x11.input import xtest

BUTTONS = 9
LARGEST = 32767
MIDDLE = 2

Step = Callable[[Display], None]
"""Something that the X thread does."""


def _nothing(_: Display) -> None:
    """In the X thread."""


class Pointer:
    """The one pointer of the display. A button is down until no viewer holds it."""

    def __init__(self, connection: Connection, before_middle: Callable[[], Step]) -> None:
        self._connection = connection
        self._before_middle = before_middle
        self._position: tuple[int, int] | None = None
        self._held: Counter[int] = Counter()

    @classmethod
    async def open(
        cls, connection: Connection, before_middle: Callable[[], Step] = lambda: _nothing
    ) -> Pointer:
        """Use the pointer of `connection`; XError when the server has no XTEST.

        What `before_middle` returns comes before each press of the middle button.
        """
        await connection.call(xtest.use)
        return cls(connection, before_middle)

    def viewer(self) -> ViewerPointer:
        """The hand of one more viewer on this pointer."""
        return ViewerPointer(self)

    def _change(self, position: tuple[int, int] | None, before: int, after: int) -> None:
        """Move, then press and release what differs between two sets of buttons of a viewer."""
        changes: list[tuple[int, int]] = []
        for button in range(1, BUTTONS + 1):
            was, now = before >> button - 1 & 1, after >> button - 1 & 1
            self._held[button] += now - was
            if now > was and self._held[button] == 1:
                changes.append((X.ButtonPress, button))
            elif was > now and self._held[button] == 0:
                changes.append((X.ButtonRelease, button))
        # A program may have moved the pointer meanwhile: a button is pressed where the viewer is.
        if position is not None and (changes or position != self._position):
            self._position = position
        else:
            position = None
        if position is not None or changes:
            if (X.ButtonPress, MIDDLE) in changes:
                self._connection.post(self._before_middle())
            self._connection.post(partial(_send, position, changes))


class ViewerPointer:
    """The position and the buttons of one viewer."""

    def __init__(self, pointer: Pointer) -> None:
        self._pointer = pointer
        self._buttons = 0

    def event(self, x: int, y: int, buttons: int) -> None:
        """Take up where the pointer is, in pixels of the screen, and the buttons that are down.

        Bit n of `buttons` is button n + 1 (RFC 6143 section 7.5.5; rfbproto, extended mouse
        buttons): 1 to 3, the wheel 4 to 7, back 8 and forward 9. X keeps the pointer on the screen.
        """
        position = max(0, min(x, LARGEST)), max(0, min(y, LARGEST))
        before, self._buttons = self._buttons, buttons
        self._pointer._change(position, before, buttons)

    def release_all(self) -> None:
        """Release the buttons that the viewer holds, where the pointer is."""
        before, self._buttons = self._buttons, 0
        self._pointer._change(None, before, 0)


def _send(
    position: tuple[int, int] | None, changes: list[tuple[int, int]], display: Display
) -> None:
    """In the X thread."""
    if position is not None:
        display.xtest_fake_input(X.MotionNotify, x=position[0], y=position[1])
    for kind, button in changes:
        display.xtest_fake_input(kind, button)
