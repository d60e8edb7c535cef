"""The Tight encoding of rfbproto without loss: filters, zlib, and lengths on the wire.

A viewer keeps four zlib streams. Each rectangle resets the one that it uses, so the same bytes can
go to any viewer at any time. `tight_filters.py` chooses what goes through zlib, `jpeg.py` has what
is lossy.
"""

from __future__ import annotations

import zlib

import numpy as np

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.encoder import EncodedRectangle, Encoder
from desktopd.rfb.encoders.pixels import Octets, Pixels
from desktopd.rfb.encoders.tight_filters import filtered, igzip
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat

MAX_WIDTH = 2048
MAX_LENGTH = (1 << 22) - 1
MIN_TO_COMPRESS = 12
FASTEST = 1


class TightEncoder(Encoder):
    """Few colours as a palette, smooth ones behind the gradient filter, and zlib around both."""

    encoding = Encoding.TIGHT
    codec = "tight"

    def encode(
        self, area: Rectangle, pixels: Pixels, pixel_format: PixelFormat, level: int
    ) -> EncodedRectangle:
        """See `Encoder`."""
        return self.rectangle(area, tight(pixels, max(FASTEST, level), pixel_format))


def tight(pixels: Pixels, level: int = FASTEST, pixel_format: PixelFormat = NATIVE) -> bytes:
    """The data of a rectangle with exactly these pixels.

    `level` 1 is igzip, several times as fast as zlib's level 1 and about as small; 2 to 9 are
    zlib's. The width is at most MAX_WIDTH; 2**20 pixels always stay within MAX_LENGTH. Raises
    ValueError.
    """
    if not 1 <= level <= 9:
        raise ValueError(f"compression level {level}, must be 1 to 9")
    check_size(pixels)
    head, data = filtered(pixels, pixel_format)
    if data.size < MIN_TO_COMPRESS:
        return head + data.tobytes()
    deflated = _deflated(data, level)
    return b"".join((head, compact_length(len(deflated)), deflated))


def check_size(pixels: Pixels) -> None:
    """Raise ValueError for pixels that no rectangle of Tight can hold."""
    height, width = pixels.shape
    if not height or not 0 < width <= MAX_WIDTH:
        raise ValueError(
            f"a Tight rectangle of {width} x {height}, width 1 to {MAX_WIDTH}: split it"
        )


def _deflated(data: Octets, level: int) -> bytes:
    if level == FASTEST:
        return igzip(data)
    return zlib.compress(np.ascontiguousarray(data).data, level)


def compact_length(length: int) -> bytes:
    """A length of at most MAX_LENGTH in one to three bytes, seven bits first."""
    if length > MAX_LENGTH:
        raise ValueError(f"{length} bytes in one Tight rectangle, at most {MAX_LENGTH}: split it")
    if length < 1 << 7:
        return bytes((length,))
    if length < 1 << 14:
        return bytes((length & 0x7F | 0x80, length >> 7))
    return bytes((length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14))
