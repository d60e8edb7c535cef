"""Photographs: areas of so many colours that lossless rectangles of them would be large."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.pixels import RGB_MASK, Pixels
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.tiles import Mask, components, pieces, rectangles

# One pixel in so many of each row and column is looked at, and more colours than this are a
# photograph. Fewer colours send shaded widgets as JPEG, which they then have to be refined from
# (click: exact after); more send volumes without loss (replay3d on a viewer without video).
_STEP = 4
_FEW_COLOURS = 48
# Pixels up to which photographs are sent without loss at once, so that the answer to a click is
# exact at once (click on the slow link).
_SMALL = 16_384
# The part of a rectangle that must have changed for it to be one lossy rectangle: a lower one
# encodes more that rests, a higher one makes more rectangles.
_DENSE = 0.4


def is_photograph(pixels: Pixels, step: int = _STEP) -> bool:
    """Whether a sample has many colours: one pixel in `step` of each row and column."""
    sample = pixels[::step, ::step] & RGB_MASK
    return len(np.unique(sample)) > _FEW_COLOURS


def find_photographs(framebuffer: Framebuffer, areas: Sequence[Rectangle]) -> Mask | None:
    """The tiles of those `areas` that are photographs; None where these are small."""
    if sum(area.area for area in areas) <= _SMALL:
        return None
    tiles = framebuffer.no_tiles()
    pixels = 0
    for area in areas:
        if is_photograph(framebuffer.view(area)):
            tiles[framebuffer.tiles(area)] = True
            pixels += area.area
    return tiles if pixels > _SMALL else None


def cover(
    framebuffer: Framebuffer, tiles: Mask, largest: Size, sparse: Size
) -> Iterator[Rectangle]:
    """Rectangles of at most `largest` pixels for the photographs in `tiles`.

    Where they fill little of one, rectangles of at most `sparse` pixels and of nothing else.
    """
    for area in components(tiles, framebuffer.size):
        place = framebuffer.tiles(area)
        if tiles[place].mean() > _DENSE:
            yield from pieces(area, largest)
        else:
            alone = framebuffer.no_tiles()
            alone[place] = tiles[place]
            yield from rectangles(alone, framebuffer.size, sparse)
