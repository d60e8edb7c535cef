"""What changes on the screen, and the pixels of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from Xlib.ext import damage

from desktopd.geometry import Rectangle, Size
from desktopd.x11 import randr
from desktopd.x11.connection import Connection, Event
from desktopd.x11.errors import XError, x_errors
from desktopd.x11.shm import Segment
from desktopd.x11.wire import Display

BYTES_PER_PIXEL = 4
_DEPTHS = (24, 32)


class Grabber:
    """Reads the screen of a connection of its own, woken by DAMAGE."""

    def __init__(self, connection: Connection, size: Size, mark: int) -> None:
        self.connection = connection
        self.size = size
        self.damage: Rectangle | None = Rectangle.of(size)
        """Bounds of what has changed and was not grabbed; None while there is nothing."""
        self._mark = mark
        self._segment: Segment | None = None
        self._wake: Callable[[], None] = _nobody
        connection.subscribe(self._on_event)

    @classmethod
    async def open(cls, connection: Connection) -> Grabber:
        """Follow the screen. Raises XError where DAMAGE or 32 bits a pixel are missing."""
        size, mark = await connection.call(_follow)
        return cls(connection, size, mark)

    def on_damage(self, handler: Callable[[], None]) -> None:
        """Have `handler` called in the loop whenever something has changed, or the size."""
        self._wake = handler

    def take(self) -> Rectangle | None:
        """The damage so far, on the screen, which counts as grabbed from now on."""
        taken, self.damage = self.damage, None
        return taken and taken.clipped(self.size)

    def retry(self) -> None:
        """What was taken could not be grabbed: count all of the screen as changed."""
        self._add(Rectangle.of(self.size))

    def grab(self, display: Display, area: Rectangle) -> memoryview:
        """Pixels of `area` of one instant, in rows of its width; to be called in the X thread.

        32 bits each, blue first; valid until the next call. What changes from this instant on is
        reported anew. Raises XRequestError while the screen is being made smaller.
        """
        needed = self.size.width * self.size.height * BYTES_PER_PIXEL
        if self._segment is None or len(self._segment.memory) < needed:
            self.release()
            self._segment = Segment(display, needed)
        display.damage_subtract(self._mark)
        root = display.screen().root
        self._segment.get_image(root, area.x, area.y, area.width, area.height)
        return memoryview(self._segment.memory)[: area.area * BYTES_PER_PIXEL]

    def release(self) -> None:
        """Let go of the shared memory; in the X thread, or when that has ended."""
        if self._segment is not None:
            self._segment.close()
            self._segment = None

    def _on_event(self, event: Event) -> None:
        size = randr.told_size(event)
        if size is not None and size != self.size:
            self.size = size
            self.damage = Rectangle.of(size)
            self._wake()
        # python-xlib makes a class of that name for each connection.
        elif type(event).__name__ == damage.DamageNotify.__name__:
            area = event.area
            self._add(Rectangle(area.x, area.y, area.width, area.height))

    def _add(self, area: Rectangle) -> None:
        self.damage = area if self.damage is None else self.damage.union(area)
        self._wake()


def _nobody() -> None:
    """Nobody listens."""


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
