"""The region of the screen that keeps moving, and is worth a video."""

from __future__ import annotations

import math

import numpy as np

from desktopd.geometry import Rectangle
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.photographs import is_photograph
from desktopd.rfb.server.tiles import Mask, bounds, components

# A tile that changes n times a second has a heat of about n * MEMORY (seconds), and from HOT on it
# moves: a lower HOT makes a video of what only blinks (typing), a higher one begins it later
# (the first seconds of replay3d@30 are JPEG).
MEMORY = 0.3
HOT = 3.0
# Seconds without anything hot after which a region is given up: more delays "exact after", less
# ends the stream where an application pauses between two frames (napari-live).
LINGER = 0.4
# Seconds between two looks at whether the region still fits; a look costs each frame its time.
_LOOK = 0.1
# Pixels of a region: smaller ones are sooner sent as still pictures.
SMALLEST = 128 * 128
# A region of which less than this part still moves for so long (seconds) is made smaller; each new
# region costs a key frame.
_LOOSE = 0.5
_PATIENCE = 2.0
# A margin with one moving tile in more than so many is left out, unless it is a photograph: what
# moves there is sooner sent as it is than the margin encoded, decoded and drawn (napari's sliders
# beside its canvas: replay3d).
_SPARSE = 16
# The margins of a side that are tried, each half of the one before, while they are photographs.
_TRIES = 3


class Motion:
    """Follows which tiles change again and again, and encloses them in one region.

    The region stays as it is for as long as it fits: each other one is another stream.
    """

    def __init__(self, framebuffer: Framebuffer) -> None:
        self.region: Rectangle | None = None
        """In pixels; made of whole tiles, its sides even. None while nothing keeps moving."""
        self._framebuffer = framebuffer
        self._heat = np.zeros((framebuffer.rows, framebuffer.columns), np.float32)
        # All are monotonic, in seconds: the last change, the last time that the region was about
        # as large as what moved, that anything moved, and that the region was looked at.
        self._seen = 0.0
        self._fitted = 0.0
        self._moved = 0.0
        self._looked = 0.0

    def observe(self, mask: Mask, now: float, waited: float = 0.0) -> None:
        """The tiles of `mask` have changed at `now`, or in the `waited` seconds before.

        They do not cool in that time, in which they may have changed often: so what keeps moving
        differs from what changes now and then on a slow link too.
        """
        self._cool(now, waited)
        self._heat[mask] += 1
        if self.region is not None and now - self._looked < _LOOK:
            return
        self._looked = now
        region = self._moving()
        if region is None:
            self.rest(now)
            return
        self._moved = now
        if self.region is not None:
            both = self.region.union(region)
            if both == self.region:
                if region.area > _LOOSE * self.region.area:
                    self._fitted = now
                if now - self._fitted < _PATIENCE:
                    return
            elif region.area > _LOOSE * both.area:
                region = both
        self.region, self._fitted = region, now

    @property
    def moving(self) -> Mask:
        """The tiles that change again and again, in the region and elsewhere."""
        return np.asarray(self._heat > HOT)

    def rest(self, now: float) -> None:
        """Forget a region in which nothing keeps moving any more."""
        if now - self._moved > LINGER:
            self.region = None

    def _cool(self, now: float, waited: float) -> None:
        self._heat *= math.exp(-max(0.0, now - self._seen - waited) / MEMORY)
        self._seen = now

    def _moving(self) -> Rectangle | None:
        """Bounds of the largest part that is hot, without an odd last row or column of pixels.

        Margins in which hardly anything moves are left out. A part of the region is preferred to
        one elsewhere that is not much larger.
        """
        hot = self.moving
        if not hot.any():
            return None
        found = components(hot, self._framebuffer.size)
        largest = found[0]
        if self.region is not None:
            region, least = self.region, _LOOSE * largest.area
            near = (part for part in found if _meet(part, region) and part.area >= least)
            largest = next(near, largest)
        largest = self._without_margins(hot, largest)
        whole = Rectangle(largest.x, largest.y, largest.width & ~1, largest.height & ~1)
        return whole if whole.area >= SMALLEST else None

    def _without_margins(self, hot: Mask, area: Rectangle) -> Rectangle:
        """`area` without what at its sides hardly moves."""
        framebuffer = self._framebuffer
        for turns in range(4):
            # Each side in turn comes to be the upper one.
            rows, columns = framebuffer.tiles(area)
            moving = np.rot90(hot[rows, columns], turns)
            height = _margin(moving)
            for _ in range(_TRIES if height else 0):
                margin, inner = framebuffer.no_tiles(), framebuffer.no_tiles()
                np.rot90(margin[rows, columns], turns)[:height] = moving[:height]
                if not is_photograph(framebuffer.stacked(margin), step=2):
                    np.rot90(inner[rows, columns], turns)[height:] = True
                    area = bounds(inner, framebuffer.size) or area
                    break
                height = _margin(moving, height // 2)
        return area


def _margin(moving: Mask, most: int | None = None) -> int:
    """How many rows at the top are better left out: up to `most`, and a quarter of all."""
    most = min(len(moving) // 4, len(moving) if most is None else most)
    gains = np.arange(1, most + 1) * moving.shape[1]
    gains -= _SPARSE * moving[:most].sum(axis=1).cumsum()
    return int(gains.argmax()) + 1 if most > 0 and gains.max() > 0 else 0


def _meet(one: Rectangle, other: Rectangle) -> bool:
    both = one.union(other)
    return both.width < one.width + other.width and both.height < one.height + other.height
