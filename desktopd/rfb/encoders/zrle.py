"""The ZRLE encoding (RFC 6143 section 7.7.6), for viewers that prefer it to Tight.

All rectangles of a viewer go through one zlib stream. Tiles are solid, a packed palette, or raw;
run lengths are left to zlib.
"""

from __future__ import annotations

import zlib
from struct import pack

import numpy as np

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.encoder import EncodedRectangle, Encoder
from desktopd.rfb.encoders.palette import indexed
from desktopd.rfb.encoders.pixels import Octets, Pixels, cpixels
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import PixelFormat

_TILE = 64
_PACKED_COLOURS = 16
_RAW, _SOLID = 0, 1
# zlib's, whatever a viewer asks for: the stream begins with its first rectangle. Level 6 makes a
# picture of napari a fifth smaller, in seven times the time.
_ZLIB_LEVEL = 1


class ZrleEncoder(Encoder):
    """The ZRLE rectangles of one viewer."""

    encoding = Encoding.ZRLE
    codec = "zrle"
    shared = False

    def __init__(self, zlib_level: int = _ZLIB_LEVEL) -> None:
        """`zlib_level` is 1 (fast) to 9 (small)."""
        self._stream = zlib.compressobj(zlib_level)

    def encode(
        self, area: Rectangle, pixels: Pixels, pixel_format: PixelFormat, level: int
    ) -> EncodedRectangle:
        """See `Encoder`; levels do not matter."""
        deflated = [
            self._stream.compress(tile(pixels[y : y + _TILE, x : x + _TILE], pixel_format))
            for y in range(0, area.height, _TILE)
            for x in range(0, area.width, _TILE)
        ]
        deflated.append(self._stream.flush(zlib.Z_SYNC_FLUSH))
        length = sum(map(len, deflated))
        return self.rectangle(area, b"".join((pack(">I", length), *deflated)))


def tile(pixels: Pixels, pixel_format: PixelFormat) -> bytes:
    """One tile of at most 64 x 64 pixels as it goes into the zlib stream."""
    found = indexed(pixels, _PACKED_COLOURS)
    if found is None:
        return bytes((_RAW,)) + cpixels(pixels, pixel_format).tobytes()
    colours, indices = found
    head = bytes((len(colours),)) + cpixels(colours, pixel_format).tobytes()
    if len(colours) == _SOLID:
        return head
    return head + _packed(indices, 1 if len(colours) == 2 else 2 if len(colours) <= 4 else 4)


def _packed(indices: Octets, bits: int) -> bytes:
    """Indices of 1, 2 or 4 bits, the leftmost in the highest bits, each row in whole bytes."""
    height, width = indices.shape
    places = np.unpackbits(indices.reshape(height, width, 1), axis=2)[..., -bits:]
    return np.packbits(places.reshape(height, width * bits), axis=1).tobytes()
