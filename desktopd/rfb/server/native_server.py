"""The native RFB server: one capture of the display for all viewers, encoded once."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from desktopd.rfb.encoders.encoder import VideoError
from desktopd.rfb.encoders.registry import VIDEO
from desktopd.rfb.relay.relay import NoDisplay
from desktopd.rfb.server.shared_display import Desktop, SharedDisplay
from desktopd.rfb.server.tiles import TILE
from desktopd.rfb.viewers.connection import Ending, Limits, Transport
from desktopd.rfb.viewers.viewer import Viewer
from desktopd.x11.connection import Connection, XError
from desktopd.x11.input.keyboard import Keyboard
from desktopd.x11.input.pointer import Pointer
from desktopd.x11.screen.cursor import Cursor
from desktopd.x11.screen.grab import Grabber

log = logging.getLogger(__name__)

LIMITS = Limits()


class NativeServer:
    """Serves viewers for as long as `run` runs."""

    def __init__(self, desktop: Desktop, name: str, limits: Limits = LIMITS) -> None:
        """`name` is what viewers show as the title of the desktop; `limits` are for each viewer."""
        self._desktop = desktop
        self._name = name
        self._limits = limits
        self._video = _video_works()
        self._shared_display: SharedDisplay | None = None

    async def run(self, display: str, authority: Path) -> None:
        """Show `display` until it ends. Raises XError when it cannot be shown."""
        # What the X thread may still be using is freed when that has ended.
        async with AsyncExitStack() as freed, AsyncExitStack() as stack:
            capture_connection = await Connection.open(display, authority)
            stack.push_async_callback(capture_connection.close)
            input_connection = await Connection.open(display, authority)
            stack.push_async_callback(input_connection.close)
            grabber = await Grabber.open(capture_connection, TILE)
            freed.callback(grabber.close)
            keyboard = await Keyboard.open(input_connection)
            stack.push_async_callback(_let_go, keyboard)
            shared_display = SharedDisplay(
                self._desktop,
                self._name,
                grabber,
                keyboard,
                await Pointer.open(input_connection),
                await Cursor.open(input_connection),
                video=self._video,
            )
            freed.callback(shared_display.close)
            self._shared_display = shared_display
            try:
                await shared_display.run()
            finally:
                self._shared_display = None

    async def serve(self, transport: Transport, viewer: Viewer) -> Ending:
        """Serve one viewer until one of us ends it. Raises NoDisplay while none is shown."""
        if self._shared_display is None:
            raise NoDisplay("the display is not running")
        return await self._shared_display.serve(transport, viewer, self._limits)


async def _let_go(keyboard: Keyboard) -> None:
    with suppress(XError):
        await keyboard.close()


def _video_works() -> bool:
    """Whether moving pictures can be sent as video."""
    try:
        for encoder in VIDEO:
            encoder.check()
    except VideoError as error:
        log.warning("no video, moving pictures are sent as JPEG: %s", error)
        return False
    return True
