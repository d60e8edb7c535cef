"""Rectangles of the Tight encoding (rfbproto, Tight Encoding), the same bytes for every viewer.

A viewer keeps four zlib streams. Each rectangle made here resets the one that it uses, so it can be
sent to any viewer at any time. Every function returns what follows the 12 bytes of the rectangle's
header; pixels are as in `pixelformat`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import simplejpeg
from isal import isal_zlib

from desktopd.rfb.encoders.palette import indexed
from desktopd.rfb.encoders.pixels import Octets, Pixels, rgb, tpixels
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat

MAX_WIDTH = 2048
MAX_LENGTH = (1 << 22) - 1
MIN_TO_COMPRESS = 12
FAST = 1  # compression level
_FILL = 0x80
_JPEG = 0x90
_READ_FILTER = 0x40
_CLEARLY = 0.92  # a viewer takes longer to undo the gradient filter
_FEW_COLOURS = 64  # the gradient filter does not beat a palette then


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
    """What is done to the pixels before zlib."""

    COPY = 0
    PALETTE = 1
    GRADIENT = 2


@dataclass(frozen=True, slots=True)
class Filtered:
    """Pixels behind a filter: the bytes before the zlib stream, and what goes into it."""

    head: bytes
    data: Octets

    def encoded(self, level: int) -> bytes:
        """The whole payload; what is short is not compressed."""
        if self.data.size < MIN_TO_COMPRESS:
            return self.head + self.data.tobytes()
        if level == FAST:
            deflated = _igzip(self.data)
        else:
            deflated = zlib.compress(np.ascontiguousarray(self.data).data, level)
        return b"".join((self.head, compact_length(len(deflated)), deflated))


def tight_lossless(pixels: Pixels, level: int = FAST, target: PixelFormat = NATIVE) -> bytes:
    """One rectangle with exactly these pixels, by the filter that seems to make it smallest.

    `level` 1 is igzip, several times as fast as zlib's level 1 and about as small; 2 to 9 are
    zlib's. Rectangles near 128 x 128 pixels are the smallest and fastest: of larger ones fewer have
    so few colours that a palette holds them. The width is at most MAX_WIDTH; 2**20 pixels always
    stay within MAX_LENGTH.
    """
    if not 1 <= level <= 9:
        raise ValueError(f"compression level {level}, must be 1 to 9")
    _check(pixels)
    return _filtered(pixels, target).encoded(level)


def tight_fill(colour: int, target: PixelFormat = NATIVE) -> bytes:
    """One rectangle of one colour, 0xRRGGBB."""
    return bytes((_FILL,)) + tpixels(np.array([colour], np.uint32), target).tobytes()


def tight_jpeg(pixels: Pixels, quality: int, subsampling: str = "444") -> bytes:
    """One lossy rectangle, for viewers of 16 or 32 bits per pixel that have asked for a quality.

    `quality` is libjpeg's, 1 to 100; `subsampling` is ``444``, ``422``, ``420`` or ``Gray``.
    """
    _check(pixels)
    octets = pixels.view(np.uint8).reshape(*pixels.shape, 4)
    jpeg: bytes = simplejpeg.encode_jpeg(octets, quality, "BGRX", subsampling)
    return bytes((_JPEG,)) + compact_length(len(jpeg)) + jpeg


def _check(pixels: Pixels) -> None:
    height, width = pixels.shape
    if not height or not 0 < width <= MAX_WIDTH:
        raise ValueError(
            f"a Tight rectangle of {width} x {height}, width 1 to {MAX_WIDTH}: split it"
        )


def _filtered(pixels: Pixels, target: PixelFormat) -> Filtered:
    """Behind the filter that promises the fewest bytes."""
    found = indexed(pixels, min(256, max(2, pixels.size * 2 // 3)))
    if found is None:
        copied = tpixels(pixels, target)
        if target.tpixel_is_rgb and _gradient_pays(pixels, copied):
            return _gradient(copied)
        return Filtered(bytes((Stream.FULL_COLOUR.control,)), copied)
    colours, indices = found
    if len(colours) == 1:
        return Filtered(tight_fill(int(colours[0]), target), np.empty(0, np.uint8))
    if len(colours) > _FEW_COLOURS and target.tpixel_is_rgb and _gradient_pays(pixels, indices):
        return _gradient(tpixels(pixels, target))
    return _palette(colours, indices, target)


def _palette(colours: Pixels, indices: Octets, target: PixelFormat) -> Filtered:
    mono = len(colours) == 2
    stream = Stream.MONO if mono else Stream.PALETTE
    head = bytes((_READ_FILTER | stream.control, Filter.PALETTE, len(colours) - 1))
    data = np.packbits(indices, axis=1) if mono else indices
    return Filtered(head + tpixels(colours, target).tobytes(), data)


def _gradient(copied: Octets) -> Filtered:
    head = bytes((_READ_FILTER | Stream.GRADIENT.control, Filter.GRADIENT))
    return Filtered(head, gradient(copied))


def _gradient_pays(pixels: Pixels, other: Octets) -> bool:
    """Compare with what else could be sent for these pixels, by the quarter in the middle."""
    height = len(pixels)
    rows = slice(height * 3 // 8, height * 5 // 8 + 1)
    predicted = _igzip(gradient(rgb(pixels[rows])))
    return len(predicted) < _CLEARLY * len(_igzip(other[rows]))


def _igzip(data: Octets) -> bytes:
    return isal_zlib.compress(np.ascontiguousarray(data).data, 2)


def gradient(components: Octets) -> Octets:
    """The GradientFilter: what each component is above the one predicted, modulo 256."""
    height, width, depth = components.shape
    padded = np.zeros((height + 1, width + 1, depth), np.int16)
    padded[1:, 1:] = components
    predicted = padded[1:, :-1] + padded[:-1, 1:]
    predicted -= padded[:-1, :-1]
    np.clip(predicted, 0, 255, out=predicted)
    return components - predicted.astype(np.uint8)


def compact_length(length: int) -> bytes:
    """A length of at most MAX_LENGTH in one to three bytes, seven bits first."""
    if length > MAX_LENGTH:
        raise ValueError(f"{length} bytes in one Tight rectangle, at most {MAX_LENGTH}: split it")
    if length < 1 << 7:
        return bytes((length,))
    if length < 1 << 14:
        return bytes((length & 0x7F | 0x80, length >> 7))
    return bytes((length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14))
