"""When a window manager is ready: it answers as EWMH demands.

Tested by tests/x11/test_paint.py and tests/x11/test_session.py.
"""

from __future__ import annotations

import asyncio

from desktopd.errors import DisplayUnavailable
from desktopd.session.x_server import XServer
from desktopd.x11.windows import window_manager


class WindowManagerProbe:
    """Asks for the window manager of a display."""

    def __init__(self, x_server: XServer) -> None:
        self._x_server = x_server

    async def runs(self) -> bool:
        """Probe: ask once."""
        try:
            connection = self._x_server.open_display().connection
            return await window_manager.window_manager(connection) is not None
        except DisplayUnavailable:
            return False

    async def comes_back(self) -> bool:
        """Probe: wait for one, since Xfce starts a window manager that died again by itself."""
        while not await self.runs():
            await asyncio.sleep(0.1)
        return True
