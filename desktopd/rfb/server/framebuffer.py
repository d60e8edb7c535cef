"""The pixels of the screen as last captured, and when each tile of them changed.

`difference.py` and `scroll.py` compare captures; nothing here knows of viewers.
"""

from __future__ import annotations

import math

import numpy as np

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.pixels import Pixels
from desktopd.rfb.server.difference import ChangedPixels, changed_tiles, part, scrolled
from desktopd.rfb.server.scroll import Scroll, find_scroll
from desktopd.rfb.server.tiles import TILE, Mask, bounds, mask_shape

# Tiles up to which a change is followed to the pixel: more saves bytes of larger changes, and costs
# a comparison of their pixels (click, typing).
_FEW = 256
# Tiles that tell what all the tiles of a mask look like.
_SAMPLE = 64


class Framebuffer:
    """Pixels of a screen in tiles, which the screen cuts off at its edges.

    `sequence` counts the captures that differ from the one before; `changed` and `changed_at` tell
    of each tile the last of them that touched it, and its time (monotonic, in seconds).
    """

    scroll: Scroll | None = None
    """The part of the last capture that was in the one before at another place."""
    unscrolled: Mask
    """The tiles that the last capture changed, without those that `scroll` tells all about."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.rows, self.columns = mask_shape(size)
        self._pixels = np.zeros((self.rows * TILE, self.columns * TILE), np.uint32)
        self.sequence = 0
        self._last_change: ChangedPixels | None = None
        self.changed = np.zeros((self.rows, self.columns), np.int64)
        self.changed_at = np.full((self.rows, self.columns), -math.inf)
        self.unscrolled = self.no_tiles()

    def forget(self) -> None:
        """Let go of the pixels, whose memory is the X server's too; nobody asks for them again."""
        self._pixels = np.empty((0, 0), np.uint32)

    def no_tiles(self) -> Mask:
        """A mask with nothing in it."""
        return np.zeros((self.rows, self.columns), np.bool_)

    def tiles(self, area: Rectangle) -> tuple[slice, slice]:
        """Rows and columns of the tiles that `area` touches."""
        return (
            slice(area.y // TILE, -(-area.bottom // TILE)),
            slice(area.x // TILE, -(-area.right // TILE)),
        )

    def whole_tiles(self, area: Rectangle) -> tuple[slice, slice]:
        """Rows and columns of the tiles that `area` covers, as far as they are on the screen."""
        right = self.columns if area.right == self.size.width else area.right // TILE
        bottom = self.rows if area.bottom == self.size.height else area.bottom // TILE
        return slice(-(-area.y // TILE), bottom), slice(-(-area.x // TILE), right)

    def aligned(self, area: Rectangle) -> Rectangle:
        """The smallest area of whole tiles around `area`, on the screen."""
        x, y = area.x // TILE * TILE, area.y // TILE * TILE
        right = min(-(-area.right // TILE) * TILE, self.size.width)
        bottom = min(-(-area.bottom // TILE) * TILE, self.size.height)
        return Rectangle(x, y, right - x, bottom - y)

    def view(self, area: Rectangle) -> Pixels:
        """Pixels of `area`, not copied: shape (height, width), 0xXXRRGGBB."""
        return part(self._pixels, area)

    def stacked(self, tiles: Mask) -> Pixels:
        """Pixels of a sample of the tiles of a mask, one tile below the other, in rows of 16."""
        grid = self._pixels.reshape(self.rows, TILE, self.columns, TILE).swapaxes(1, 2)
        rows, columns = np.nonzero(tiles)
        step = len(rows) // _SAMPLE + 1
        return grid[rows[::step], columns[::step]].reshape(-1, TILE)

    def absorb(
        self, area: Rectangle, data: memoryview, now: float, *, seek_scroll: bool = False
    ) -> Mask | None:
        """Take a capture in which nothing differs but in an aligned `area`.

        `data` has whole tiles, and must stay as it is until the next call is over. Returns the
        tiles that differ, None where none does. With `seek_scroll`, search for a scroll too.
        """
        before, after = self._pixels, np.frombuffer(data, np.uint32).reshape(self._pixels.shape)
        self._pixels = after
        place = self.tiles(area)
        whole = Rectangle(area.x, area.y, -(-area.width // TILE) * TILE, area.height)
        differs = changed_tiles(part(before, whole), part(after, whole))
        if not differs.any():
            return None
        self._follow(before, _around(area, differs), few=differs.sum() <= _FEW, scroll=seek_scroll)
        mask = self.unscrolled = self.no_tiles()
        mask[place] = differs
        if self.scroll is not None:
            self.unscrolled = self.no_tiles()
            moved = scrolled(before, self.scroll, whole)
            self.unscrolled[place] = changed_tiles(moved, part(after, whole))
        self.sequence += 1
        self.changed[place][differs] = self.sequence
        self.changed_at[place][differs] = now
        return mask

    def _follow(self, before: Pixels, area: Rectangle, *, few: bool, scroll: bool) -> None:
        """Find the pixels of `area` that differ, and whether they have only moved."""
        old, new = part(before, area), self.view(area)
        self._last_change = ChangedPixels.between(old, new, area) if few else None
        self.scroll = find_scroll(old, new, area) if scroll else None

    def last_change(self, area: Rectangle) -> Rectangle | None:
        """Bounds of the pixels in `area` that the last capture has changed; None around none.

        All of `area` where so much has changed that nobody looked at single pixels.
        """
        return area if self._last_change is None else self._last_change.within(area)


def _around(area: Rectangle, tiles: Mask) -> Rectangle:
    """The smallest part of `area` that holds some of its tiles."""
    found = bounds(tiles, Size(area.width, area.height))
    assert found is not None
    return Rectangle(area.x + found.x, area.y + found.y, found.width, found.height)
