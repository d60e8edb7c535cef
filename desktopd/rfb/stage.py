"""One display while it runs: its picture to all viewers, and what they do back to it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Protocol

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.peer import Peer
from desktopd.rfb.picture import Recipient, Update
from desktopd.rfb.pixels import REST, Pixels
from desktopd.rfb.relay import Cause, Ending, Limits, Transport
from desktopd.rfb.seat import Seat
from desktopd.rfb.stream import Encoders
from desktopd.rfb.updates import CursorShape, Led
from desktopd.rfb.viewer import Viewer
from desktopd.x11.connection import Display, XError, XRequestError
from desktopd.x11.cursor import Cursor
from desktopd.x11.grab import Grabber
from desktopd.x11.keyboard import Keyboard
from desktopd.x11.pointer import Pointer

log = logging.getLogger(__name__)

# Seconds between two captures.
FRAME = 1 / 60
# Seconds until it is looked again what can be made exact.
_REFINE = REST / 4
_WATCH = 1.0
_GONE = Ending(Cause.SERVER_LEFT, "the display has ended")


class Desktop(Protocol):
    """What is shown, beyond its picture; its methods may raise XError."""

    @property
    def clipboard_text(self) -> str:
        """What is there to be pasted."""

    async def resize(self, size: Size) -> Size:
        """Resize the screen; the size that it now has."""

    async def set_clipboard(self, text: str) -> None:
        """Offer `text` to be pasted; ValueError when it is too long."""

    def on_clipboard(self, handler: Callable[[str], None]) -> Callable[[], None]:
        """Call `handler` with what an application has copied; returns how to end that."""


class Stage:
    """Captures as often as a viewer can take it and something changes, and not otherwise."""

    def __init__(
        self,
        desktop: Desktop,
        name: str,
        encoders: Encoders | None,
        grabber: Grabber,
        keyboard: Keyboard,
        pointer: Pointer,
        cursor: Cursor,
    ) -> None:
        self.name = name
        self.video = encoders is not None
        self._desktop = desktop
        self._grabber = grabber
        self._keyboard = keyboard
        self._pointer = pointer
        self._cursor = cursor
        self._pixels = Pixels(grabber.size, encoders)
        self._peers: list[Peer] = []
        self._work: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._refine_at = 0.0
        grabber.on_damage(self.wake)
        cursor.on_change(lambda _: self._tell(Peer.tell_cursor))
        keyboard.on_leds(lambda _: self._tell(Peer.tell_leds))

    @property
    def size(self) -> Size:
        """Of the screen."""
        return self._grabber.size

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
        """Something has changed, or a viewer can take more."""
        self._woken.set()

    def seat(self) -> Seat:
        """A keyboard and a pointer for one viewer."""
        return Seat(self._keyboard.viewer(), self._pointer.viewer())

    async def resize(self, size: Size) -> Size:
        """Resize the screen; the size that it now has. ValueError where that fails."""
        try:
            return await self._desktop.resize(size)
        except XError as error:
            log.warning("a viewer's resize to %s failed: %s", size, error)
            raise ValueError(str(error)) from None

    def clipboard_text(self) -> str:
        """What is there to be pasted."""
        return self._desktop.clipboard_text

    def copy(self, text: str) -> None:
        """A viewer has copied a text."""
        self.spawn(self._copy(text))

    async def run(self) -> None:
        """Show the display until it ends."""
        unsubscribe = self._desktop.on_clipboard(lambda _: self._tell(Peer.tell_clipboard))
        watch = asyncio.create_task(self._watch())
        capture = asyncio.create_task(self._capture())
        lost = asyncio.create_task(self._grabber.connection.wait_lost())
        try:
            await asyncio.wait((watch, capture, lost), return_when=asyncio.FIRST_COMPLETED)
            for task in (watch, capture):
                if task.done():
                    task.result()
        finally:
            unsubscribe()
            for task in (watch, capture, lost, *self._work):
                task.cancel()
            await asyncio.gather(watch, capture, lost, *self._work, return_exceptions=True)
            for peer in self._peers:
                peer.end(_GONE)

    def close(self) -> None:
        """Free what is held, once the grabber's connection is closed."""
        self._pixels.close()
        self._grabber.release()

    async def serve(self, transport: Transport, viewer: Viewer, limits: Limits) -> Ending:
        """Serve one viewer until one of us ends it."""
        peer = Peer(self, transport, viewer, limits)
        self._peers.append(peer)
        try:
            return await peer.run()
        finally:
            self._peers.remove(peer)

    async def _capture(self) -> None:
        loop = asyncio.get_running_loop()
        next_frame = 0.0
        while True:
            await self._woken.wait()
            await asyncio.sleep(next_frame - loop.time())
            self._woken.clear()
            now = loop.time()
            peers = self._recipients(now)
            if not peers:
                continue
            # A frame that was late leaves the next one its time.
            next_frame = max(next_frame, now - FRAME) + FRAME
            news = self._grabber.damage is not None
            recipients = [peer.recipient() for peer in peers]
            try:
                updates = await self._grabber.connection.call(
                    partial(self._updates, self._grabber.size, self._grabber.take(), recipients)
                )
            except XRequestError as error:
                # The screen has just become smaller; the event that tells it is on its way.
                log.debug("%s", error)
                for peer, recipient in zip(peers, recipients, strict=True):
                    peer.missed(recipient)
                self._grabber.retry()
                continue
            for peer, update in zip(peers, updates, strict=True):
                peer.deliver(update)
            if any(not update.exact for update in updates):
                self._refine_later(now, news=news, sent=any(update.data for update in updates))

    def _recipients(self, now: float) -> list[Peer]:
        """Who gets an update now; nobody where nothing has changed and all have it."""
        news = self._grabber.damage is not None
        refine = now >= self._refine_at
        framebuffer = self._pixels.framebuffer
        for peer in self._peers:
            wanting = news or peer.outdated(framebuffer) or (refine and not peer.viewer.exact)
            if wanting and peer.ready():
                return [peer for peer in self._peers if peer.ready(lenient=True)]
        return []

    def _refine_later(self, now: float, *, news: bool, sent: bool) -> None:
        """See to it that what is not exact is looked at when it may have come to rest."""
        if news and self._refine_at <= now:
            self._refine_at = now + REST
        elif not news:
            self._refine_at = now if sent else now + _REFINE
        if self._refine_at > now:
            asyncio.get_running_loop().call_at(self._refine_at, self.wake)

    def _updates(
        self,
        size: Size,
        damage: Rectangle | None,
        recipients: list[Recipient],
        display: Display,
    ) -> list[Update]:
        """In the X thread."""
        pixels, now = self._pixels, time.monotonic()
        if size != pixels.framebuffer.size:
            pixels.resize(size)
            damage = Rectangle.of(size)
        if damage is not None and (area := damage.clipped(size)) is not None:
            area = pixels.framebuffer.aligned(area)
            pixels.absorb(area, self._grabber.grab(display, area), now)
        return pixels.updates(recipients, now)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH)
            now = time.monotonic()
            for peer in tuple(self._peers):
                ending = peer.watch(now)
                if ending is not None:
                    peer.end(ending)

    async def _copy(self, text: str) -> None:
        try:
            await self._desktop.set_clipboard(text)
        except (ValueError, XError) as error:
            log.warning("what a viewer copied is lost: %s", error)

    def _tell(self, news: Callable[[Peer], None]) -> None:
        for peer in self._peers:
            news(peer)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` besides, no longer than the display lasts."""
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
