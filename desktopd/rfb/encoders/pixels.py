"""Pixels, and how they are translated to the pixel format of a viewer.

Pixels are arrays of uint32, shape (height, width), 0xXXRRGGBB in little-endian order; the top byte
has no meaning. They may be slices of a larger array.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktopd.rfb.protocol.pixel_format import PixelFormat

Pixels = NDArray[np.uint32]
Octets = NDArray[np.uint8]

RGB_MASK = np.uint32(0xFFFFFF)


def _wire_type(pixel_format: PixelFormat) -> np.dtype[np.unsignedinteger[Any]]:
    """The type of one PIXEL."""
    return np.dtype(f"{pixel_format.byte_order}u{pixel_format.bits_per_pixel // 8}")


def translate(pixels: Pixels, pixel_format: PixelFormat) -> NDArray[np.unsignedinteger[Any]]:
    """PIXELs as they go on the wire: same shape, C order, unused bits 0."""
    if all(maximum == 255 for maximum, _ in pixel_format.channels):
        return _moved(pixels, pixel_format)
    found: NDArray[np.uint32] = np.zeros(pixels.shape, np.uint32)
    for (maximum, shift), table_shift in zip(pixel_format.channels, (16, 8, 0), strict=True):
        found |= _scaled(maximum, shift)[(pixels >> np.uint32(table_shift)).astype(np.uint8)]
    return found.astype(_wire_type(pixel_format))


def _moved(pixels: Pixels, pixel_format: PixelFormat) -> NDArray[np.unsignedinteger[Any]]:
    """`translate` where all channels keep their 8 bits."""
    shifts = tuple(shift for _, shift in pixel_format.channels)
    if shifts == (16, 8, 0):
        return (pixels & RGB_MASK).astype(_wire_type(pixel_format), copy=False)
    found: NDArray[np.uint32] = np.zeros(pixels.shape, np.uint32)
    for shift, own in zip(shifts, (16, 8, 0), strict=True):
        found |= (pixels >> np.uint32(own) & np.uint32(255)) << np.uint32(shift)
    return found.astype(_wire_type(pixel_format), copy=False)


@cache
def _scaled(maximum: int, shift: int) -> NDArray[np.uint32]:
    """The bits of each of the 256 intensities of a channel, rounded to the nearest."""
    intensities = np.arange(256, dtype=np.uint32)
    return (intensities * np.uint32(maximum) + np.uint32(127)) // np.uint32(255) << np.uint32(shift)


def rgb(pixels: Pixels) -> Octets:
    """Three bytes a pixel, shape (height, width, 3)."""
    octets = np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)
    found = np.empty((*pixels.shape, 3), np.uint8)
    for place in range(3):
        found[..., place] = octets[..., 2 - place]
    return found


def tpixels(pixels: Pixels, pixel_format: PixelFormat) -> Octets:
    """Pixels as TPIXEL of the Tight encoding, shape (height, width, bytes)."""
    if pixel_format.tpixel_is_rgb:
        return rgb(pixels)
    return _octets(translate(pixels, pixel_format))


def cpixels(pixels: Pixels, pixel_format: PixelFormat) -> Octets:
    """Pixels as CPIXEL of ZRLE, shape (height, width, bytes)."""
    return _octets(translate(pixels, pixel_format))[..., pixel_format.cpixel_bytes]


def _octets(translated: NDArray[np.unsignedinteger[Any]]) -> Octets:
    return translated.view(np.uint8).reshape(*translated.shape, translated.itemsize)
