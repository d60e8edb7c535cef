"""ZRLE (RFC 6143 section 7.7.6) and Raw, for viewers that do not ask for Tight.

All ZRLE rectangles of a viewer go through one zlib stream, so each viewer has an encoder of its
own and must get every rectangle that it makes, in order. Pixels are as in `pixelformat`.
"""

from __future__ import annotations

import zlib
from struct import pack

import numpy as np

from desktopd.rfb.encoders.palette import indexed
from desktopd.rfb.encoders.pixels import Octets, Pixels, cpixels, translate
from desktopd.rfb.protocol.pixel_format import PixelFormat

_TILE = 64
_PACKED_COLOURS = 16
_RAW, _SOLID = 0, 1


def raw(pixels: Pixels, target: PixelFormat) -> bytes:
    """The data of a Raw rectangle (section 7.7.1)."""
    return translate(pixels, target).tobytes()


class ZrleEncoder:
    """The ZRLE stream of one viewer; `level` is zlib's, 1 (fast) to 9 (small)."""

    def __init__(self, level: int = 1) -> None:
        self._stream = zlib.compressobj(level)

    def encode(self, pixels: Pixels, target: PixelFormat) -> bytes:
        """The data of the next ZRLE rectangle."""
        height, width = pixels.shape
        deflated = [
            self._stream.compress(tile(pixels[y : y + _TILE, x : x + _TILE], target))
            for y in range(0, height, _TILE)
            for x in range(0, width, _TILE)
        ]
        deflated.append(self._stream.flush(zlib.Z_SYNC_FLUSH))
        length = sum(map(len, deflated))
        return b"".join((pack(">I", length), *deflated))


def tile(pixels: Pixels, target: PixelFormat) -> bytes:
    """One tile of at most 64 x 64 pixels before compression: solid, packed palette, or raw."""
    found = indexed(pixels, _PACKED_COLOURS)
    if found is None:
        return bytes((_RAW,)) + cpixels(pixels, target).tobytes()
    colours, indices = found
    head = bytes((len(colours),)) + cpixels(colours, target).tobytes()
    if len(colours) == _SOLID:
        return head
    return head + _packed(indices, 1 if len(colours) == 2 else 2 if len(colours) <= 4 else 4)


def _packed(indices: Octets, bits: int) -> bytes:
    """Indices of 1, 2 or 4 bits, the leftmost in the highest bits, each row in whole bytes."""
    height, width = indices.shape
    places = np.unpackbits(indices.reshape(height, width, 1), axis=2)[..., -bits:]
    return np.packbits(places.reshape(height, width * bits), axis=1).tobytes()
