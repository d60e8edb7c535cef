"""The screen in memory that X itself draws into: as it is, and as it was before."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from Xlib import X, error

from desktopd.geometry import Rectangle, Size
from desktopd.x11.errors import x_errors
from desktopd.x11.screen.segment import Segment
from desktopd.x11.screen.shm import Memory
from desktopd.x11.xlib_patches import Display

_BYTES_PER_PIXEL = 4


def memory_for(largest: Size) -> Memory:
    """Shared memory for pictures of up to this size, once it is kept or taken."""
    return Memory(2 * _length(largest))


def _length(size: Size) -> int:
    return size.width * size.height * _BYTES_PER_PIXEL


class DoubleBuffer:
    """Two pictures that X itself draws in turn, so that none has to be copied to be kept.

    Belongs to the X thread.
    """

    def __init__(self, display: Display, size: Size, memory: Memory | None = None) -> None:
        """`size` of each picture, not less than the screen's; black at first, in `memory`.

        Raises XError where the server cannot share pixmaps with this process.
        """
        self.size = size
        self._display = display
        screen = display.screen()
        self._root = screen.root
        self._length = _length(size)
        self._segment = Segment(display, 2 * self._length, memory)
        try:
            self._pixmaps = [
                self._segment.pixmap(size.width, size.height, screen.root_depth, offset)
                for offset in (0, self._length)
            ]
            # Of the screen's windows too, and without an event for each copy.
            self._context = self._root.create_gc(
                subwindow_mode=X.IncludeInferiors, graphics_exposures=False
            )
        except BaseException:
            self._segment.close()
            raise
        self._last = 0
        self._fresh: Rectangle | None = None

    def take(self, area: Rectangle) -> memoryview:
        """The picture with `area` as the screen is now, and all else as it was the last time.

        Pixels of 32 bits, blue first, in rows of the picture's width. Valid until the call after
        the next. All of `area` is of one instant; what of it is not on the screen, because that has
        just become smaller, is of any picture before. Raises XRequestError.
        """
        before, after = self._pixmaps[self._last], self._pixmaps[1 - self._last]
        missed = self._fresh
        with x_errors(self._display, f"CopyArea {area}"):
            if missed is not None and area.union(missed) != area:
                self._copy(missed, before, after)
            self._copy(area, self._root, after)
        self._last, self._fresh = 1 - self._last, area
        start = self._last * self._length
        return memoryview(self._segment.memory)[start : start + self._length].toreadonly()

    def _copy(self, area: Rectangle, source: Any, target: Any) -> None:
        x, y, width, height = area.x, area.y, area.width, area.height
        target.copy_area(self._context, source, x, y, width, height, x, y)

    def close(self) -> None:
        """Let go of what the server holds; the memory of pictures is kept for the next."""
        with suppress(error.ConnectionClosedError):
            for resource in (self._context, *self._pixmaps):
                resource.free()
        self._segment.close()
