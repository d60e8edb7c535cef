"""What differs between two captures of one area: tiles, single pixels, and what a scroll leaves.

Areas begin and end with a tile.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.pixels import RGB_MASK, Pixels
from desktopd.rfb.server.scroll import Scroll
from desktopd.rfb.server.tiles import TILE, Mask


def part(pixels: Pixels, area: Rectangle) -> Pixels:
    """The pixels of `area`, not copied."""
    return pixels[area.y : area.bottom, area.x : area.right]


def changed_tiles(before: Pixels, after: Pixels) -> Mask:
    """The tiles in which any bit differs."""
    # Two pixels at a time; then the eight answers of a tile's row as one word.
    differs = after.view(np.uint64) != before.view(np.uint64)
    words = differs.view(np.uint64)
    mask: Mask = np.bitwise_or.reduceat(words, np.arange(0, len(words), TILE), axis=0) != 0
    return mask


def scrolled(before: Pixels, scroll: Scroll, area: Rectangle) -> Pixels:
    """The pixels that a viewer has in `area` once it has followed `scroll`."""
    target = scroll.area
    moved = part(before, area).copy()
    place = Rectangle(target.x - area.x, target.y - area.y, target.width, target.height)
    part(moved, place)[:] = part(before, scroll.source)
    return moved


class ChangedPixels(NamedTuple):
    """The pixels of `area` that have changed, one truth each."""

    area: Rectangle
    mask: NDArray[np.bool_]

    @classmethod
    def between(cls, before: Pixels, after: Pixels, area: Rectangle) -> ChangedPixels:
        """Those whose colours differ in two captures of `area`."""
        return cls(area, (before ^ after) & RGB_MASK != 0)

    def within(self, area: Rectangle) -> Rectangle | None:
        """The smallest rectangle around those in `area`; None around none."""
        left, top = max(area.x, self.area.x), max(area.y, self.area.y)
        found = self.mask[
            top - self.area.y : max(top, area.bottom) - self.area.y,
            left - self.area.x : max(left, area.right) - self.area.x,
        ]
        rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
        if rows.size == 0:
            return None
        width, height = int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1
        return Rectangle(left + int(columns[0]), top + int(rows[0]), width, height)
