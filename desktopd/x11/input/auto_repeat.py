"""A held key is one key: X repeats it, so that a program knows a repeat from a key pressed again.

A viewer's own repeats only tell that it still holds the key: X, which hears of a release late when
a link stalls, stops without them. Tested by tests/x11/test_auto_repeat.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from Xlib import X

from desktopd.x11.input import xkb
from desktopd.x11.xlib_patches import Display

# As most systems have it.
RHYTHM = xkb.Repeats(delay=500, interval=33)

# X cannot be told to stop: what it is told counts from the next repeat on, or the next key.
_NEVER = xkb.Repeats(delay=0xFFFF, interval=0xFFFF)

# Seconds within which a viewer's first repeat has come, also that of a slow keyboard on a busy
# machine, and the next one.
FIRST, NEXT = 1.1, 0.3


class AutoRepeat:
    """X's auto-repeat of the key that was pressed last. Belongs to the X thread.

    `runs` is whether X repeats that key.
    """

    def __init__(self, display: Display) -> None:
        self.runs = False
        self._display = display
        display.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOn)
        xkb.set_repeats(display, _NEVER)

    def run(self, runs: bool) -> None:
        """Whether X shall repeat the key that is pressed next, and go on with the last one."""
        if runs != self.runs:
            self.runs = runs
            xkb.set_repeats(self._display, RHYTHM if runs else _NEVER)

    def close(self) -> None:
        """Let X repeat the keys that others press."""
        xkb.set_repeats(self._display, RHYTHM)


class Lease:
    """How long the key that was pressed last may go on; the viewer's repeats renew it.

    Belongs to the loop.
    """

    def __init__(self, end: Callable[[], None]) -> None:
        """`end` is called when nothing was heard of the key for too long."""
        self._end = end
        self._key: object = None
        self._timer: asyncio.TimerHandle | None = None

    def renew(self, key: object) -> None:
        """A viewer says that `key` is down."""
        seconds = NEXT if key == self._key else FIRST
        self._key = key
        self.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._end)

    def release(self, key: object) -> None:
        """A viewer says that `key` is up."""
        if key == self._key:
            self._key = None
            self.cancel()

    def cancel(self) -> None:
        """End it without a word."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
