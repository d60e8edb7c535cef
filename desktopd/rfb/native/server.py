"""The native RFB server: one capture of the display for all viewers, encoded once."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from desktopd.rfb.native.regions import TILE
from desktopd.rfb.native.stage import Desktop, Stage
from desktopd.rfb.native.stream import Encoders
from desktopd.rfb.native.video import VideoError
from desktopd.rfb.native.x264 import X264
from desktopd.rfb.relay import Ending, Limits, NoDisplay, Transport
from desktopd.rfb.viewer import Viewer
from desktopd.x11.connection import Connection, XError
from desktopd.x11.cursor import Cursor
from desktopd.x11.grab import Grabber
from desktopd.x11.keyboard import Keyboard
from desktopd.x11.pointer import Pointer

log = logging.getLogger(__name__)

PROBE = 64
LIMITS = Limits()


class Server:
    """Serves viewers for as long as `run` runs."""

    def __init__(self, desktop: Desktop, name: str, limits: Limits = LIMITS) -> None:
        """`name` is what viewers show as the title of the desktop; `limits` are for each viewer."""
        self._desktop = desktop
        self._name = name
        self._limits = limits
        self._encoders = _encoders()
        self._stage: Stage | None = None

    async def run(self, display: str, authority: Path) -> None:
        """Show `display` until it ends. Raises XError when it cannot be shown."""
        # What the X thread may still be using is freed when that has ended.
        async with AsyncExitStack() as freed, AsyncExitStack() as stack:
            eyes = await Connection.open(display, authority)
            stack.push_async_callback(eyes.close)
            hands = await Connection.open(display, authority)
            stack.push_async_callback(hands.close)
            grabber = await Grabber.open(eyes, TILE)
            freed.callback(grabber.close)
            keyboard = await Keyboard.open(hands)
            stack.push_async_callback(_let_go, keyboard)
            stage = Stage(
                self._desktop,
                self._name,
                self._encoders,
                grabber,
                keyboard,
                await Pointer.open(hands),
                await Cursor.open(hands),
            )
            freed.callback(stage.close)
            self._stage = stage
            try:
                await stage.run()
            finally:
                self._stage = None

    async def serve(self, transport: Transport, viewer: Viewer) -> Ending:
        """Serve one viewer until one of us ends it. Raises NoDisplay while none is shown."""
        if self._stage is None:
            raise NoDisplay("the display is not running")
        return await self._stage.serve(transport, viewer, self._limits)


async def _let_go(keyboard: Keyboard) -> None:
    with suppress(XError):
        await keyboard.close()


def _encoders() -> Encoders | None:
    """What makes video, where that works."""
    try:
        X264(PROBE, PROBE).close()
    except VideoError as error:
        log.warning("no video, moving pictures are sent as JPEG: %s", error)
        return None
    return X264
