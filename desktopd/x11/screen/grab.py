"""What changes on the screen, and the pixels of it (DAMAGE, MIT-SHM, RandR).

The X thread follows the screen by itself: no other one has to wake up between a change and its
picture. Tested by tests/x11/test_native_picture.py and test_native_resize.py.
"""

from __future__ import annotations

import asyncio
import os
import select
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from Xlib.ext import damage

from desktopd.geometry import Rectangle, Size
from desktopd.trace import Trace, Track
from desktopd.x11.connection import Connection, Event
from desktopd.x11.errors import XError, XTimeout, x_errors
from desktopd.x11.screen import randr
from desktopd.x11.screen.double_buffer import DoubleBuffer
from desktopd.x11.screen.shm import Memory
from desktopd.x11.xlib_patches import Display

_DEPTHS = (24, 32)
# Seconds in which the X thread has to take up what has come.
_PATIENCE = 5.0


def in_tiles(size: Size, tile: int) -> Size:
    """The smallest size that is not less, with sides that are multiples of `tile`."""
    return Size(-(-size.width // tile) * tile, -(-size.height // tile) * tile)


class Grabber:
    """Follows the screen of a connection of its own by DAMAGE, and reads what has changed."""

    def __init__(
        self,
        connection: Connection,
        size: Size,
        mark: int,
        tile: int,
        trace: Trace,
        memory: Memory | None,
    ) -> None:
        self.connection = connection
        self.trace = trace
        """Notes when X told of a change; of use to whoever turns the pixels into updates, too."""
        self.size = size
        """Of the screen. The X thread writes it, any thread may read it."""
        self.damage: Rectangle | None = Rectangle.of(size)
        """Bounds of what has changed and was not grabbed; None while there is nothing.

        The X thread's alone.
        """
        # The loop appends to it, the X thread takes from it.
        self._waiting: deque[Future[None]] = deque()
        # The loop's alone, but for the waiting of the X thread, which ends before it is closed.
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        # The X thread's alone, and the loop's once that has ended.
        self._mark = mark
        self._tile = tile
        self._memory = memory
        self._pictures: DoubleBuffer | None = None

    @classmethod
    async def open(
        cls,
        connection: Connection,
        tile: int,
        trace: Trace | None = None,
        memory: Memory | None = None,
    ) -> Grabber:
        """Follow the screen, whose pictures have sides that are multiples of `tile` pixels.

        They are in `memory`, or each in its own.

        Raises XError where DAMAGE, MIT-SHM's pixmaps or 32 bits a pixel are missing.
        """
        size, mark = await connection.call(_follow)
        grabber = cls(connection, size, mark, tile, trace or Trace(), memory)
        try:
            await connection.call(grabber._reserve)
        except BaseException:
            grabber.close()
            raise
        return grabber

    async def watch(self, turn: Callable[[Display], float | None]) -> None:
        """Call `turn` in the X thread whenever the screen has changed, or after `wake`.

        It is called again after the seconds that it returned, if it did. Goes on until the
        connection ends, which raises ConnectionLost.
        """
        await self.connection.call(partial(self._watch, turn), timeout=None)

    def wake(self) -> None:
        """Have the turn called, even if nothing has changed; nothing happens once it is closed."""
        if self._bell >= 0:
            os.eventfd_write(self._bell, 1)

    async def caught_up(self) -> None:
        """Return when all that X has done so far is known here; XTimeout where that takes long."""
        answer: Future[None] = Future()
        self._waiting.append(answer)
        self.wake()
        try:
            async with asyncio.timeout(_PATIENCE):
                await asyncio.wrap_future(answer)
        except TimeoutError:
            raise XTimeout(f"the screen was not followed for {_PATIENCE:g} s") from None

    def close(self) -> None:
        """Let go of everything, once the connection is closed."""
        self.release()
        os.close(self._bell)
        self._bell = -1

    # From here on: run in the X thread.

    def take(self) -> Rectangle | None:
        """The damage so far, clipped to the screen; it counts as grabbed from now on."""
        taken, self.damage = self.damage, None
        return taken and taken.clipped(self.size)

    def grab(self, display: Display, area: Rectangle) -> memoryview:
        """The screen with `area` as it is now, and all else as at the last call for this size.

        Pixels of 32 bits, blue first, in rows and columns that are rounded up to tiles; valid until
        the call after the next. All of `area` is of one instant; what changes from this instant on
        is reported anew. Raises XError.
        """
        pictures = self._reserve(display)
        display.damage_subtract(self._mark)
        return pictures.take(area)

    def _reserve(self, display: Display) -> DoubleBuffer:
        """Memory for the whole screen."""
        size = in_tiles(self.size, self._tile)
        if self._pictures is None or self._pictures.size != size:
            self.release()
            self._pictures = DoubleBuffer(display, size, self._memory)
        return self._pictures

    def release(self) -> None:
        """Let go of the shared memory; also called by the loop, when the X thread has ended."""
        if self._pictures is not None:
            self._pictures.close()
            self._pictures = None

    def _watch(self, turn: Callable[[Display], float | None], display: Display) -> None:
        bell = select.poll()
        bell.register(display.fileno(), select.POLLIN)
        bell.register(self._bell, select.POLLIN)
        wait: float | None = 0.0
        while True:
            bell.poll(None if wait is None else wait * 1000)
            with suppress(BlockingIOError):
                os.eventfd_read(self._bell)
            self._catch_up(display)
            wait = turn(display)
            # A reply may have brought events along, which nothing would wake us for.
            if self._read(display):
                wait = 0.0

    def _catch_up(self, display: Display) -> None:
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if waiting:
            display.sync()
        self._read(display)
        for answer in waiting:
            if answer.set_running_or_notify_cancel():
                answer.set_result(None)

    def _read(self, display: Display) -> bool:
        """Take up the events that have come; returns whether there was one."""
        count = display.pending_events()
        for _ in range(count):
            self._follow(display.next_event())
        return bool(count)

    def _follow(self, event: Event) -> None:
        size = randr.told_size(event)
        if size is not None and size != self.size:
            self.size = size
            self.damage = Rectangle.of(size)
        # python-xlib makes a class of that name for each connection.
        elif type(event).__name__ == damage.DamageNotify.__name__:
            area = event.area
            told = Rectangle(area.x, area.y, area.width, area.height)
            self.damage = told if self.damage is None else self.damage.union(told)
            self._note(event.timestamp)

    def _note(self, timestamp: int) -> None:
        """X gives the time of a change in milliseconds of the monotonic clock, of 32 bits."""
        if now := self.trace.begin():
            age = (round(now * 1000) - timestamp) % 2**32
            self.trace.end(Track.X_SERVER, "damage", now - age / 1000 if age < 1000 else now)


def _follow(display: Display) -> tuple[Size, int]:
    if not display.has_extension(damage.extname):
        raise XError("the X server has no DAMAGE: start it with `+extension DAMAGE`")
    screen: Any = display.screen()
    if screen.root_depth not in _DEPTHS or display.display.info.image_byte_order != 0:
        raise XError(f"a screen of depth {screen.root_depth} cannot be read: use depth 24")
    with x_errors(display, "DamageCreate"):
        display.damage_query_version()
        mark = screen.root.damage_create(damage.DamageReportBoundingBox)
    return randr.follow(display), mark
