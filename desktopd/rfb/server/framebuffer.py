"""The picture as last captured, and when each part of it changed."""

from __future__ import annotations

import math

import numpy as np

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.pixels import RGB_MASK, Pixels
from desktopd.rfb.server.regions import TILE, Mask, bounds
from desktopd.rfb.server.scroll import Scroll, find_scroll

# Of a change of so many tiles it is looked which pixels they are.
_FEW = 256
# So many tiles tell what the others look like.
_SOME = 64


class Framebuffer:
    """Pixels of a screen in tiles of 16x16, at the edges cut off by it.

    `sequence` counts the pictures that differ; `changed` and `changed_at` tell for each tile the
    last of them that touched it, and its time (monotonic, in seconds).
    """

    scroll: Scroll | None = None
    """What of the last picture was in the one before, at another place."""
    unscrolled: Mask
    """The tiles of the last picture that are neither as before nor told by `scroll`."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.rows, self.columns = -(-size.height // TILE), -(-size.width // TILE)
        self._pixels = np.zeros((self.rows * TILE, self.columns * TILE), np.uint32)
        self.sequence = 0
        self._last: tuple[Rectangle, Mask] | None = None
        self.changed = np.zeros((self.rows, self.columns), np.int64)
        self.changed_at = np.full((self.rows, self.columns), -math.inf)
        self.unscrolled = np.zeros((self.rows, self.columns), np.bool_)

    def forget(self) -> None:
        """Let go of the pixels, whose memory is X's too; they are not asked for any more."""
        self._pixels = np.empty((0, 0), np.uint32)

    @property
    def pixels(self) -> Pixels:
        """Shape (height, width); 0x00RRGGBB, the highest byte without a meaning."""
        return self._pixels[: self.size.height, : self.size.width]

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
        """Pixels of `area`, not copied."""
        return _part(self._pixels, area)

    def stacked(self, tiles: Mask) -> Pixels:
        """Pixels of some tiles of a mask, one tile below the other, in rows of 16."""
        grid = self._pixels.reshape(self.rows, TILE, self.columns, TILE).swapaxes(1, 2)
        rows, columns = np.nonzero(tiles)
        step = len(rows) // _SOME + 1
        return grid[rows[::step], columns[::step]].reshape(-1, TILE)

    def absorb(
        self, area: Rectangle, data: memoryview, now: float, *, seek_scroll: bool = False
    ) -> Mask | None:
        """Take a picture in which nothing differs but in an aligned `area`.

        `data` has whole tiles, and must stay as it is until the next call is over. Returns which
        tiles differ, None where none does. With `seek_scroll`, find out too what has only moved.
        """
        before, fresh = self._pixels, np.frombuffer(data, np.uint32).reshape(self._pixels.shape)
        self._pixels = fresh
        rows, columns = self.tiles(area)
        whole = Rectangle(area.x, area.y, -(-area.width // TILE) * TILE, area.height)
        differs = _compare(_part(before, whole), _part(fresh, whole))
        if not differs.any():
            return None
        changed = _bounds(area, differs)
        old, new = _part(before, changed), _part(fresh, changed)
        self._last = None
        if differs.sum() <= _FEW:
            self._last = changed, (old ^ new) & RGB_MASK != 0
        self.scroll = find_scroll(old, new, changed) if seek_scroll else None
        mask = np.zeros((self.rows, self.columns), np.bool_)
        mask[rows, columns] = differs
        self.unscrolled = mask
        if self.scroll is not None:
            scrolled = _scrolled(before, self.scroll, whole)
            self.unscrolled = np.zeros_like(mask)
            self.unscrolled[rows, columns] = _compare(scrolled, _part(fresh, whole))
        self.sequence += 1
        self.changed[rows, columns][differs] = self.sequence
        self.changed_at[rows, columns][differs] = now
        return mask

    def changes(self, area: Rectangle) -> Rectangle | None:
        """Bounds of the pixels in `area` that the last picture has changed; None: there is none.

        All of `area` where so much has changed that it was not looked at.
        """
        if self._last is None:
            return area
        place, differs = self._last
        left, top = max(area.x, place.x), max(area.y, place.y)
        found = differs[
            top - place.y : max(top, area.bottom) - place.y,
            left - place.x : max(left, area.right) - place.x,
        ]
        rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
        if rows.size == 0:
            return None
        width, height = int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1
        return Rectangle(left + int(columns[0]), top + int(rows[0]), width, height)


def _part(pixels: Pixels, area: Rectangle) -> Pixels:
    return pixels[area.y : area.bottom, area.x : area.right]


def _scrolled(before: Pixels, scroll: Scroll, area: Rectangle) -> Pixels:
    """What was in `area`, once what has only moved is where it is now."""
    target = scroll.area
    source = Rectangle(target.x, scroll.source_y, target.width, target.height)
    moved = _part(before, area).copy()
    place = Rectangle(target.x - area.x, target.y - area.y, target.width, target.height)
    _part(moved, place)[:] = _part(before, source)
    return moved


def _compare(before: Pixels, fresh: Pixels) -> Mask:
    """Which tiles have another pixel than before; of a part that begins and ends with a tile."""
    # Two pixels at a time; then the eight answers of a tile's row as one word.
    differs = fresh.view(np.uint64) != before.view(np.uint64)
    words = differs.view(np.uint64)
    mask: Mask = np.bitwise_or.reduceat(words, np.arange(0, len(words), TILE), axis=0) != 0
    return mask


def _bounds(area: Rectangle, differs: Mask) -> Rectangle:
    """The smallest part of `area` that holds the tiles of `differs`."""
    found = bounds(differs, Size(area.width, area.height))
    assert found is not None
    return Rectangle(area.x + found.x, area.y + found.y, found.width, found.height)
