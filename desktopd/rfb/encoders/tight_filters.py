"""The filters of the Tight encoding (rfbproto): what pixels become before they go through zlib."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from isal import isal_zlib

from desktopd.rfb.encoders.palette import indexed
from desktopd.rfb.encoders.pixels import Octets, Pixels, rgb, tpixels
from desktopd.rfb.protocol.pixel_format import PixelFormat

_FILL = b"\x80"
_READ_FILTER = 0x40
# The part of the bytes of the other filter below which the gradient filter is taken. It takes a
# viewer longer to undo: more of it makes lossless rectangles smaller and their drawing slower
# ("exact after" of replay3d, slow link against lan).
_CLEARLY = 0.92
# Up to so many colours a palette is always smaller than what the gradient filter makes.
_FEW_COLOURS = 64


class Stream(IntEnum):
    """The zlib stream that each kind of data goes through; any would do."""

    FULL_COLOUR = 0
    MONO = 1
    PALETTE = 2
    GRADIENT = 3

    @property
    def control(self) -> int:
        """The compression-control byte that names this stream and resets it."""
        return self << 4 | 1 << self


class Filter(IntEnum):
    """The filter-id byte; without one it is CopyFilter."""

    PALETTE = 1
    GRADIENT = 2


class Filtered(NamedTuple):
    """Pixels behind a filter: the bytes ahead of the zlib stream, and what goes into it."""

    head: bytes
    data: Octets


def filtered(pixels: Pixels, pixel_format: PixelFormat) -> Filtered:
    """Pixels behind the filter that promises the fewest bytes."""
    found = indexed(pixels, min(256, max(2, pixels.size * 2 // 3)))
    if found is None:
        copied = tpixels(pixels, pixel_format)
        if pixel_format.tpixel_is_rgb and _gradient_pays(pixels, copied):
            return _gradient(copied)
        return Filtered(bytes((Stream.FULL_COLOUR.control,)), copied)
    colours, indices = found
    if len(colours) == 1:
        return Filtered(_FILL + tpixels(colours, pixel_format).tobytes(), np.empty(0, np.uint8))
    if (
        len(colours) > _FEW_COLOURS
        and pixel_format.tpixel_is_rgb
        and _gradient_pays(pixels, indices)
    ):
        return _gradient(tpixels(pixels, pixel_format))
    return _palette(colours, indices, pixel_format)


def _palette(colours: Pixels, indices: Octets, pixel_format: PixelFormat) -> Filtered:
    mono = len(colours) == 2
    stream = Stream.MONO if mono else Stream.PALETTE
    head = bytes((_READ_FILTER | stream.control, Filter.PALETTE, len(colours) - 1))
    data = np.packbits(indices, axis=1) if mono else indices
    return Filtered(head + tpixels(colours, pixel_format).tobytes(), data)


def _gradient(copied: Octets) -> Filtered:
    head = bytes((_READ_FILTER | Stream.GRADIENT.control, Filter.GRADIENT))
    return Filtered(head, gradient(copied))


def _gradient_pays(pixels: Pixels, other: Octets) -> bool:
    """Compare with what else could be sent for these pixels, by the quarter in the middle."""
    height = len(pixels)
    rows = slice(height * 3 // 8, height * 5 // 8 + 1)
    predicted = igzip(gradient(rgb(pixels[rows])))
    return len(predicted) < _CLEARLY * len(igzip(other[rows]))


def gradient(components: Octets) -> Octets:
    """GradientFilter: what each component is above the one predicted, modulo 256.

    Shape (height, width, 3), of red, green and blue.
    """
    height, width, depth = components.shape
    padded = np.zeros((height + 1, width + 1, depth), np.int16)
    padded[1:, 1:] = components
    predicted = padded[1:, :-1] + padded[:-1, 1:]
    predicted -= padded[:-1, :-1]
    np.clip(predicted, 0, 255, out=predicted)
    return components - predicted.astype(np.uint8)


def igzip(data: Octets) -> bytes:
    """A zlib stream of `data`, made four times as fast as by zlib itself."""
    return isal_zlib.compress(np.ascontiguousarray(data).data, 2)
