"""One display while it runs: its picture to all viewers, and what they do back to it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from desktopd.background_tasks import BackgroundTasks
from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.rfb.encoders.cursor import CursorShape
from desktopd.rfb.protocol.server_messages import Led
from desktopd.rfb.server.capture_loop import CaptureLoop
from desktopd.rfb.server.client_connection import ClientConnection
from desktopd.rfb.server.seat import Seat
from desktopd.rfb.server.video_stream import VideoEncoderFactory
from desktopd.rfb.shown_session import ShownSession
from desktopd.rfb.viewers.connection import Cause, Ending, Limits, Transport
from desktopd.rfb.viewers.viewer import Viewer
from desktopd.x11.connection import ConnectionLost
from desktopd.x11.input.keyboard import Keyboard
from desktopd.x11.input.pointer import Pointer
from desktopd.x11.screen.cursor import Cursor
from desktopd.x11.screen.grab import Grabber

log = logging.getLogger(__name__)

_WATCH = 1.0
_GONE = Ending(Cause.SERVER_LEFT, "the display has ended")


class SharedDisplay:
    """Captures as often as a viewer can take it and something changes, and not otherwise."""

    def __init__(
        self,
        session: ShownSession,
        name: str,
        encoders: VideoEncoderFactory | None,
        grabber: Grabber,
        keyboard: Keyboard,
        pointer: Pointer,
        cursor: Cursor,
    ) -> None:
        self.name = name
        self.video = encoders is not None
        self._session = session
        self._keyboard = keyboard
        self._pointer = pointer
        self._cursor = cursor
        self._clients: list[ClientConnection] = []
        self._capture_loop = CaptureLoop(grabber, encoders, self._clients)
        self._resizing = 0
        self._chosen: Size | None = None
        self._work = BackgroundTasks()
        cursor.on_change(lambda _: self._tell(ClientConnection.tell_cursor))
        keyboard.on_leds(lambda _: self._tell(ClientConnection.tell_leds))

    @property
    def size(self) -> Size:
        """Of the screen."""
        return self._capture_loop.size

    @property
    def cursor(self) -> CursorShape:
        """The pointer's shape."""
        image = self._cursor.image
        return CursorShape(image.hot_x, image.hot_y, image.width, image.height, image.rgba)

    @property
    def leds(self) -> Led:
        """The keyboard's locks."""
        leds = self._keyboard.leds
        return (
            (Led.CAPS_LOCK if leds.caps else Led(0))
            | (Led.NUM_LOCK if leds.num else Led(0))
            | (Led.SCROLL_LOCK if leds.scroll else Led(0))
        )

    def wake(self) -> None:
        """Something is to be sent, even if nobody has waited for it; from any thread."""
        self._capture_loop.wake()

    def proceed(self) -> None:
        """A viewer may be able to take what it has waited for; from any thread."""
        self._capture_loop.proceed()

    def seat(self) -> Seat:
        """A keyboard and a pointer for one viewer."""
        return Seat(self._keyboard.viewer(), self._pointer.viewer())

    async def resize(self, size: Size) -> None:
        """Resize the screen for a viewer. Raises DisplayUnavailable."""
        self._resizing += 1
        try:
            self._chosen = await self._session.resize(size)
            await self._capture_loop.caught_up()
        finally:
            self._resizing -= 1

    def is_sized_by_viewer(self) -> bool:
        """Whether it was a viewer that changed the size last."""
        return self._resizing > 0 or self.size == self._chosen

    def clipboard_text(self) -> str:
        """What is there to be pasted."""
        return self._session.clipboard_text

    def copy(self, text: str) -> None:
        """A viewer has copied a text."""
        self.spawn(self._copy(text))

    async def run(self) -> None:
        """Show the display until it ends."""
        unsubscribe = self._session.on_clipboard(
            lambda _: self._tell(ClientConnection.tell_clipboard)
        )
        watch = asyncio.create_task(self._watch())
        capture = asyncio.create_task(self._capture_loop.run())
        try:
            await asyncio.wait((watch, capture), return_when=asyncio.FIRST_COMPLETED)
            for task in (watch, capture):
                if task.done():
                    task.result()
        except ConnectionLost:
            pass
        finally:
            unsubscribe()
            for task in (watch, capture):
                task.cancel()
            await asyncio.gather(watch, capture, return_exceptions=True)
            await self._work.end()
            for client in self._clients:
                client.end(_GONE)

    def close(self) -> None:
        """Free what is held, once the grabber's connection is closed."""
        self._capture_loop.close()

    async def serve(self, transport: Transport, viewer: Viewer, limits: Limits) -> Ending:
        """Serve one viewer until one of us ends it."""
        client = ClientConnection(self, transport, viewer, limits)
        self._clients.append(client)
        self.wake()
        try:
            return await client.run()
        finally:
            self._clients.remove(client)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH)
            now = time.monotonic()
            for client in tuple(self._clients):
                ending = client.watch(now)
                if ending is not None:
                    client.end(ending)

    async def _copy(self, text: str) -> None:
        try:
            await self._session.set_clipboard(text)
        except (ValueError, DisplayUnavailable) as error:
            log.warning("what a viewer copied is lost: %s", error)

    def _tell(self, news: Callable[[ClientConnection], None]) -> None:
        for client in self._clients:
            news(client)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` besides, no longer than the display lasts."""
        self._work.start(work)
