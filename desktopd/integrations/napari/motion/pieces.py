"""Cuts what one command of OpenGL draws into parts that take about the same time: no GL, no clock.

Tested by tests/unit/integrations/napari/motion/test_pieces.py.
"""

from __future__ import annotations

from dataclasses import dataclass

MANY = 1000
"""Primitives of which a drawing is cut by them: fewer are cut by where they are drawn."""
FIRST = 500
"""Primitives of the first part."""
ROWS = 4
"""Pixels: heights are multiples of this; parallel threads of a software renderer share a band."""
GROWTH = 2.0
"""By how much at most the next part is larger: it may be denser."""
DENSE = 2.0
"""How much more than the mean of all a band may take."""
PATTERNS = {"points": (1, 0), "lines": (2, 0), "triangles": (3, 0), "line_strip": (1, 1)}
"""How many vertices a primitive of a mode has of its own, and how many it shares with the next."""


@dataclass(frozen=True, slots=True)
class Part:
    """Units `first` to `first + count`: rows of pixels from below, primitives, or instances."""

    first: int
    count: int


class Parts:
    """The parts of `whole` units, the first of `first` and none of more than `most`."""

    def __init__(
        self, whole: int, first: int, most: int, seconds: float, multiple: int = 1
    ) -> None:
        self._whole = whole
        self._multiple = multiple
        self._most = max(most, multiple)
        self._seconds = seconds
        self._count = min(first, self._most)
        self._at = 0

    @property
    def left(self) -> bool:
        """Whether there is one more."""
        return self._at < self._whole

    def next(self) -> Part:
        """The next one."""
        count = max(self._multiple, self._count // self._multiple * self._multiple)
        part = Part(self._at, min(count, self._whole - self._at))
        self._at += part.count
        return part

    def took(self, part: Part, seconds: float) -> None:
        """Tell how long one was drawn, for the size of the next."""
        fits = part.count * self._seconds / max(seconds, 1e-5)
        self._count = int(min(fits, GROWTH * part.count, self._most))


def bands(height: int, whole: float, seconds: float) -> Parts:
    """The bands of a picture of `height` rows that is thought to take `whole` seconds.

    The most is set by that, since empty rows below would let the first dense band be far too high.
    """
    if whole <= seconds / 2:
        return Parts(height, height, height, seconds)
    most = height * seconds / (DENSE * whole)
    return Parts(height, int(most / 2), int(most), seconds, ROWS)


def primitives(count: int, seconds: float) -> Parts:
    """The parts of as many primitives, or instances."""
    return Parts(count, FIRST, count, seconds)
