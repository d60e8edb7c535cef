"""The native RFB server: one capture of the display for all viewers, encoded once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.rfb.encoders.encoder import VideoError
from desktopd.rfb.encoders.registry import VIDEO
from desktopd.rfb.server.shared_display import SharedDisplay
from desktopd.rfb.server.tiles import TILE
from desktopd.rfb.shown_session import ShownSession
from desktopd.rfb.viewers.connection import Cause, Ending, Limits, Transport
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Viewer
from desktopd.tasks import race
from desktopd.trace import Trace
from desktopd.x11.connection import Connection, XError
from desktopd.x11.input.keyboard import Keyboard
from desktopd.x11.input.pointer import Pointer
from desktopd.x11.screen.cursor import Cursor
from desktopd.x11.screen.double_buffer import memory_for
from desktopd.x11.screen.grab import Grabber, in_tiles
from desktopd.x11.screen.shm import Memory
from desktopd.x11.selections.primary import Primary

log = logging.getLogger(__name__)

LIMITS = Limits()
NO_DISPLAY = "the display is not running"
# Seconds after which a display that could not be shown is tried again.
_AGAIN = 0.5


class NativeServer:
    """Shows the display of a session, for as long as `run` runs."""

    path = PixelPath.NATIVE
    baseline = True

    def __init__(
        self,
        session: ShownSession,
        name: str,
        limits: Limits = LIMITS,
        trace: Trace | None = None,
        is_draft: Callable[[], bool] = lambda: False,
        largest: Size | None = None,
    ) -> None:
        """`name` is what viewers show as the title of the desktop; `limits` are for each viewer.

        `trace` notes input and pictures on their way. `is_draft` tells, in any thread, whether the
        application draws a finer picture when it rests. Memory for a screen of size `largest` is
        kept from the beginning, as others may take all that there is.
        """
        self._is_draft = is_draft
        self._trace = trace or Trace()
        self._session = session
        self._name = name
        self._limits = limits
        self._video = _video_works()
        self._shared_display: SharedDisplay | None = None
        self._memory = _memory(largest)
        self._lack = ""

    @property
    def shows(self) -> bool:
        """Whether there is a picture for viewers."""
        return self._shared_display is not None

    @property
    def socket(self) -> Path:
        """Where viewers of this machine look for it."""
        return self._session.rfb_target

    async def connect(self) -> NativeConnection:
        """Nothing is to be opened. Raises DisplayUnavailable while no display is shown."""
        if self._shared_display is None:
            raise DisplayUnavailable(NO_DISPLAY)
        return NativeConnection(lambda: self._shared_display, self._limits)

    def look(self) -> None:
        """Look whether `is_draft` has become another: what is final is made exact sooner."""
        if self._shared_display is not None:
            self._shared_display.wake()

    async def run(self) -> None:
        """Show one display of the session after the other, until cancelled."""
        changed = asyncio.Event()
        unsubscribe = self._session.on_change(changed.set)
        try:
            while True:
                changed.clear()
                display = self._session.status.display
                if display is None:
                    await changed.wait()
                    continue
                await self._try_to_show(display.name, Path(display.authority))
                with suppress(TimeoutError):
                    async with asyncio.timeout(_AGAIN):
                        await changed.wait()
        finally:
            unsubscribe()

    async def _try_to_show(self, display: str, authority: Path) -> None:
        try:
            await self.show(display, authority)
        except XError as error:
            if self._is_new(error):
                log.error("the display cannot be shown: %s; trying again", error)
        except Exception as error:
            # A bug in an encoder shall not end the application that is shown.
            if self._is_new(error):
                log.exception("the native RFB server failed, and begins anew")

    def _is_new(self, error: Exception) -> bool:
        """Whether it is another reason to show nothing than the one before."""
        before, self._lack = self._lack, repr(error)
        return self._lack != before

    async def show(self, display: str, authority: Path) -> None:
        """Show one display until it ends. Raises XError when it cannot be shown."""
        # What the X thread may still be using is freed when that has ended.
        async with AsyncExitStack() as freed, AsyncExitStack() as stack:
            capture_connection = await Connection.open(display, authority)
            stack.push_async_callback(capture_connection.close)
            input_connection = await Connection.open(display, authority, trace=self._trace)
            stack.push_async_callback(input_connection.close)
            grabber = await Grabber.open(capture_connection, TILE, self._trace, self._memory)
            freed.callback(grabber.close)
            keyboard = await Keyboard.open(input_connection)
            stack.push_async_callback(_let_go, keyboard)
            primary = await Primary.open(input_connection, lambda: self._session.clipboard_text)
            shared_display = SharedDisplay(
                self._session,
                self._name,
                grabber,
                keyboard,
                await Pointer.open(input_connection, primary.fill),
                await Cursor.open(input_connection),
                video=self._video,
                is_draft=self._is_draft,
            )
            freed.callback(shared_display.close)
            self._shared_display, self._lack = shared_display, ""
            try:
                await race(shared_display.run(), input_connection.wait_lost())
            finally:
                self._shared_display = None


class NativeConnection:
    """The way of one viewer to the display that is shown when it begins."""

    def __init__(self, shared_display: Callable[[], SharedDisplay | None], limits: Limits) -> None:
        self._shared_display = shared_display
        self._limits = limits

    async def serve(self, transport: Transport, viewer: Viewer) -> Ending:
        """Serve the viewer until one of us ends it."""
        shared_display = self._shared_display()
        if shared_display is None:
            return Ending(Cause.SERVER_LEFT, NO_DISPLAY)
        return await shared_display.serve(transport, viewer, self._limits)

    def close(self) -> None:
        """Nothing is open."""


async def _let_go(keyboard: Keyboard) -> None:
    with suppress(XError):
        await keyboard.close()


def _memory(largest: Size | None) -> Memory | None:
    if largest is None:
        return None
    memory = memory_for(in_tiles(largest, TILE))
    try:
        memory.keep()
    except XError as error:
        log.warning("no shared memory is kept for the screen: %s", error)
    return memory


def _video_works() -> bool:
    """Whether moving pictures can be sent as video."""
    try:
        for encoder in VIDEO:
            encoder.check()
    except VideoError as error:
        log.warning("no video, moving pictures are sent as JPEG: %s", error)
        return False
    return True
