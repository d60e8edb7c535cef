"""When an application is ready: its window has a picture.

An application that can tell by itself would have a probe of its own beside this one.

Tested by tests/x11/test_paint.py and tests/x11/test_session.py.
"""

from __future__ import annotations

from collections.abc import Callable

from desktopd.errors import DisplayUnavailable
from desktopd.session.status import Stage
from desktopd.session.x_server import XServer
from desktopd.x11.windows import paint as windows
from desktopd.x11.windows.paint import Paint


class PaintedProbe:
    """Looks at the windows of a display; calls `changed` when it has seen something new."""

    def __init__(self, x_server: XServer, changed: Callable[[], None]) -> None:
        self._x_server = x_server
        self._changed = changed
        self._seen = Paint.NONE

    async def has_painted(self) -> bool:
        """Probe: look whether an application's window shows more than one colour."""
        try:
            paint = await windows.paint(self._x_server.open_display().connection)
        except DisplayUnavailable:
            return False
        if paint is not self._seen:
            self._seen = paint
            self._changed()
        return paint is Paint.PAINTED

    def stage(self) -> Stage:
        """What a start waits for: the application's window, or its first picture."""
        return Stage.APPLICATION if self._seen is Paint.NONE else Stage.FIRST_FRAME


async def at_once() -> bool:
    """Probe of an application that is ready as soon as it runs."""
    return True
