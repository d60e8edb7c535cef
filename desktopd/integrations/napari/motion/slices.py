"""Cuts a picture into rectangles that take about the same time each; no GL, no clock."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 24
"""Slices of a picture, about: each draws every layer anew, if only a part of it."""
TILE = 64
"""Pixels: edges lie on multiples of this, which is what software renderers work in."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A rectangle of a framebuffer, in pixels from its lower left corner, as OpenGL counts."""

    x: int
    y: int
    width: int
    height: int

    @property
    def area(self) -> int:
        """In pixels."""
        return self.width * self.height


class Slices:
    """The rectangles of a picture, bottom to top, of `least` pixels or more, the first of `first`.

    Each next one is as large as fits `seconds` at the speed of the one before.
    """

    def __init__(self, width: int, height: int, first: float, seconds: float, least: float) -> None:
        self._size = width, height
        self._seconds = seconds
        self._least = least
        self._pixels = max(first, self._least)
        self._x = self._y = 0
        self._rows = 0

    @property
    def left(self) -> bool:
        """Whether there is one more."""
        return self._y < self._size[1]

    def next(self) -> Slice:
        """The next one."""
        width, height = self._size
        if self._x == 0:
            # Whole bands where more than one row of tiles can be done at once.
            whole = int(self._pixels / width) // TILE * TILE
            self._rows = min(max(TILE, whole), height - self._y)
        columns = max(TILE, int(self._pixels / self._rows) // TILE * TILE)
        slice_ = Slice(self._x, self._y, min(columns, width - self._x), self._rows)
        self._x += slice_.width
        if self._x >= width:
            self._x, self._y = 0, self._y + self._rows
        return slice_

    def took(self, slice_: Slice, seconds: float) -> None:
        """Tell how long one was drawn, for the size of the next."""
        speed = slice_.area / max(seconds, 1e-4)
        # What comes may be denser: little more at once.
        self._pixels = max(min(speed * self._seconds, 1.5 * slice_.area), self._least)
