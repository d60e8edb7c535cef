"""When an application is ready: its window has a picture, or has been there for a while.

An application that can tell by itself would have a probe of its own beside this one.

Tested by tests/x11/test_paint.py and tests/x11/test_session.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from desktopd.errors import DisplayUnavailable
from desktopd.session.status import Stage
from desktopd.session.x_server import XServer
from desktopd.x11.windows import paint as windows
from desktopd.x11.windows.paint import Paint

PATIENCE = 10.0
"""Seconds for which a window of one colour is waited for: a slow machine paints as late."""


class PaintedProbe:
    """Looks at the windows of a display; calls `changed` when it has seen something new."""

    def __init__(self, x_server: XServer, changed: Callable[[], None]) -> None:
        self._x_server = x_server
        self._changed = changed
        self._seen = Paint.NONE
        self._mapped_since: float | None = None

    async def has_painted(self) -> bool:
        """Probe: look whether an application's window shows more than one colour.

        A window that stays of one colour counts after `PATIENCE`: it may be meant so.
        """
        try:
            connection = self._x_server.open_display().connection
            paint = await windows.paint(connection, self._x_server.is_application)
        except DisplayUnavailable:
            return False
        if paint is not self._seen:
            self._seen = paint
            self._changed()
        return paint is Paint.PAINTED or self._has_been_mapped(paint)

    def _has_been_mapped(self, paint: Paint) -> bool:
        now = time.monotonic()
        if paint is not Paint.MAPPED:
            self._mapped_since = None
        elif self._mapped_since is None:
            self._mapped_since = now
        return self._mapped_since is not None and now - self._mapped_since >= PATIENCE

    def stage(self) -> Stage:
        """What a start waits for: the application's window, or its first picture."""
        return Stage.APPLICATION if self._seen is Paint.NONE else Stage.FIRST_FRAME


async def at_once() -> bool:
    """Probe of an application that is ready as soon as it runs."""
    return True
