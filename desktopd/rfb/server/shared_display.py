"""One display while it runs: its picture to all viewers, and what they do back to it.

Tested on real X servers: tests/x11/test_native_server.py, test_native_picture.py,
test_native_resize.py and test_native_viewers.py.
"""

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
from desktopd.rfb.protocol.rectangles import Led
from desktopd.rfb.server.announcements import Announcements
from desktopd.rfb.server.capture_loop import CaptureLoop
from desktopd.rfb.server.client_connection import ClientConnection
from desktopd.rfb.server.seat import Seat
from desktopd.rfb.server.watchers_queues import WatchersQueues
from desktopd.rfb.server.watchers_room import WatchersRooms
from desktopd.rfb.shown_session import ShownSession
from desktopd.rfb.viewers.connection import Cause, Ending, Limits, Transport
from desktopd.rfb.viewers.viewer import Viewer
from desktopd.rfb.viewers.wanted_sizes import WantedSizes
from desktopd.tasks import race
from desktopd.x11.connection import ConnectionLost
from desktopd.x11.input.keyboard import Keyboard
from desktopd.x11.input.pointer import Pointer
from desktopd.x11.screen.cursor import Cursor
from desktopd.x11.screen.grab import Grabber

log = logging.getLogger(__name__)

# Seconds between two looks for viewers that do not draw what they are sent.
_WATCH = 1.0
# The same while the link of one is out: its pictures go on so soon after its end.
_WATCH_OUTAGE = 0.05
_GONE = Ending(Cause.SERVER_LEFT, "the display has ended")


class SharedDisplay:
    """A ClientDisplay for all its viewers. All of this belongs to the loop.

    The keyboard, the pointer and the cursor are on one X connection, the capture loop is on another
    one: each has an X thread of its own, and crosses over to it by itself.
    """

    def __init__(
        self,
        session: ShownSession,
        name: str,
        grabber: Grabber,
        keyboard: Keyboard,
        pointer: Pointer,
        cursor: Cursor,
        *,
        video: bool,
        is_draft: Callable[[], bool],
    ) -> None:
        """`name` is the desktop's title; `video`: whether an encoder of video works here.

        `is_draft`: see DraftPicture.
        """
        self.name = name
        self.video = video
        self.watchers_rooms = WatchersRooms()
        self.watchers_queues = WatchersQueues()
        self._session = session
        self._keyboard = keyboard
        self._pointer = pointer
        self._cursor = cursor
        self._clients: list[ClientConnection] = []
        self._capture_loop = CaptureLoop(grabber, is_draft)
        self._resizing = 0
        self._chosen: Size | None = None
        self._sizes = WantedSizes(self._resize)
        self._tasks = BackgroundTasks()
        cursor.on_change(lambda _: self._announce(Announcements.cursor))
        keyboard.on_leds(lambda _: self._announce(Announcements.leds))

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
        """Have the capture loop look at every viewer: one wants something that it did not."""
        self._capture_loop.wake()

    def proceed(self) -> None:
        """Wake the capture loop if it waits for a viewer: one may be able to take more."""
        self._capture_loop.proceed()

    def seat(self) -> Seat:
        """A keyboard and a pointer for one viewer."""
        return Seat(self._keyboard.viewer(), self._pointer.viewer())

    @property
    def scale(self) -> float | None:
        """How large programs draw; None where that cannot be chosen."""
        return self._session.scale

    async def resize(self, viewer: Viewer, size: Size, scale: float | None) -> None:
        """Resize the screen for a viewer; raises DisplayUnavailable."""
        await self._sizes.want(viewer, size, scale)

    def used(self, viewer: Viewer) -> None:
        """The user of a viewer has typed or pointed."""
        self._sizes.used(viewer)

    async def _resize(self, size: Size, scale: float | None) -> None:
        self._resizing += 1
        try:
            self._chosen = await self._session.resize(size, scale)
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
        """Offer what a viewer has copied."""
        self.spawn(self._copy(text))

    async def _copy(self, text: str) -> None:
        try:
            await self._session.set_clipboard(text)
        except (ValueError, DisplayUnavailable) as error:
            log.warning("what a viewer copied is lost: %s", error)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` besides, no longer than the display lasts; a failure is logged."""
        self._tasks.start(work)

    async def run(self) -> None:
        """Show the display until it ends."""
        unsubscribe = self._session.on_clipboard(lambda _: self._announce(Announcements.clipboard))
        try:
            await race(self._capture_loop.run(), self._watch())
        except ConnectionLost:
            pass
        finally:
            unsubscribe()
            await self._tasks.end()
            for client in self._clients:
                client.end(_GONE)

    def close(self) -> None:
        """Free the encoders and the picture, once the grabber's connection is closed."""
        self._capture_loop.close()

    async def serve(self, transport: Transport, viewer: Viewer, limits: Limits) -> Ending:
        """Serve one viewer until one of us ends it."""
        client = ClientConnection(self, transport, viewer, limits)
        self._clients.append(client)
        self._capture_loop.add(client.updates)
        try:
            return await client.run()
        finally:
            self._sizes.leave(viewer)
            self._clients.remove(client)
            self._capture_loop.remove(client.updates)

    async def _watch(self) -> None:
        while True:
            out = any(client.updates.out for client in self._clients)
            await asyncio.sleep(_WATCH_OUTAGE if out else _WATCH)
            now = time.monotonic()
            for client in tuple(self._clients):
                client.watch(now)
            # Who waits for room may have it, now that somebody is late.
            self.proceed()

    def _announce(self, news: Callable[[Announcements], None]) -> None:
        for client in self._clients:
            news(client.announcements)
