"""Pixels for the tests of encoders, and pixel formats in which viewers may want them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktopd.rfb.encoders.pixels import Octets, Pixels
from desktopd.rfb.protocol.pixel_format import PixelFormat


def form(
    bits: int, depth: int, big: bool, maxima: tuple[int, ...], shifts: tuple[int, ...]
) -> PixelFormat:
    return PixelFormat(bits, depth, big, True, *maxima, *shifts)


FORMATS = [
    form(bits, depth, big, maxima, shifts)
    for big in (False, True)
    for bits, depth, maxima, shifts in (
        (32, 24, (255, 255, 255), (16, 8, 0)),
        (32, 24, (255, 255, 255), (0, 8, 16)),
        (32, 24, (255, 255, 255), (24, 16, 8)),
        (32, 24, (255, 255, 255), (0, 12, 24)),
        (32, 32, (255, 255, 255), (16, 8, 0)),
        (32, 30, (1023, 1023, 1023), (20, 10, 0)),
        (32, 16, (31, 63, 31), (11, 5, 0)),
        (16, 16, (31, 63, 31), (11, 5, 0)),
        (16, 15, (31, 31, 31), (0, 5, 10)),
        (8, 8, (7, 7, 3), (0, 3, 6)),
        (8, 8, (7, 7, 3), (5, 2, 0)),
        (8, 3, (1, 1, 1), (0, 1, 2)),
    )
]
COLOUR_MAP = PixelFormat(8, 8, False, False, 0, 0, 0, 0, 0, 0)


def picture(seed: int, width: int, height: int, colours: int) -> Pixels:
    """A slice of a larger picture, with garbage in the top bytes and exactly so many colours."""
    random = np.random.default_rng(seed)
    values = random.choice(1 << 24, colours, replace=False).astype(np.uint32)
    shown = random.integers(0, colours, width * height)
    shown[:colours] = np.arange(colours)[: width * height]
    whole = random.integers(0, 1 << 32, (height + 5, width + 7), np.uint32)
    found: Pixels = whole[3 : 3 + height, 2 : 2 + width]
    found[:] = values[random.permutation(shown)].reshape(height, width)
    found |= random.integers(0, 256, found.shape, np.uint32) << np.uint32(24)
    return found


def noise(width: int, height: int, seed: int = 0) -> Pixels:
    """Colours that no palette holds."""
    return np.random.default_rng(seed).integers(0, 1 << 24, (height, width), np.uint32)


def smooth(width: int, height: int) -> Pixels:
    """Colours that change slowly, as a shaded volume has."""
    y, x = np.mgrid[0:height, 0:width].astype(np.uint32)
    found: Pixels = (x * 2 + y & 255) << 16 | (x + y * 3 & 255) << 8 | x * y // 97 & 255
    return found


def moving(width: int, height: int, step: int = 0) -> Pixels:
    """Soft colours that move with `step`."""
    y, x = np.mgrid[0:height, 0:width]
    red = (127 + 100 * np.sin((x + 5 * step) / 19) * np.cos(y / 23)).astype(np.uint32)
    green = (127 + 100 * np.cos((y + 3 * step) / 17)).astype(np.uint32)
    found: Pixels = red << 16 | green << 8 | np.uint32(90)
    return found


def luma(pixels: Pixels) -> NDArray[np.float64]:
    """The brightness of BT.601."""
    red, green, blue = ((pixels >> shift & 255).astype(float) for shift in (16, 8, 0))
    found: NDArray[np.float64] = 0.299 * red + 0.587 * green + 0.114 * blue
    return found


def psnr(seen: Pixels, real: Pixels) -> float:
    """Of the luma, in dB."""
    error = np.mean((luma(seen) - luma(real)) ** 2)
    return float(10 * np.log10(255**2 / (error + 1e-9)))


def packed(octets: Octets) -> Pixels:
    """Pixels of red, green and blue along the last axis."""
    red, green, blue = np.moveaxis(octets.astype(np.uint32), -1, 0)
    found: Pixels = red << 16 | green << 8 | blue
    return found
