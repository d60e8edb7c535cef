"""JPEG in rectangles of the Tight encoding (rfbproto, JpegCompression): lossy still pictures."""

from __future__ import annotations

import numpy as np
import simplejpeg

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import EncodedRectangle, Encoder
from desktopd.rfb.encoders.pixels import Pixels
from desktopd.rfb.encoders.tight import MAX_WIDTH, check_size, compact_length
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import PixelFormat

_CONTROL = b"\x90"
# What TigerVNC makes of the ten levels: libjpeg's quality and the subsampling of the colours.
_PARAMETERS = (
    (15, "420"),
    (29, "420"),
    (41, "420"),
    (42, "422"),
    (62, "422"),
    (77, "422"),
    (79, "444"),
    (86, "444"),
    (92, "444"),
    (100, "444"),
)
# Bytes a pixel at each level, until rectangles have told: those of a turning volume in napari
# (replay3d of the benchmark).
_DENSITIES = (0.05, 0.07, 0.09, 0.10, 0.14, 0.19, 0.28, 0.36, 0.48, 1.2)
# The weight of the last rectangle in the density of its level. More of it follows a change of the
# picture sooner (replay2d after replay3d), less makes the level steadier.
_TRUST = 0.3


class JpegEncoder(Encoder):
    """Pictures of many colours, as sharp as the viewer asks and the link allows.

    The viewer asks by the Tight encoding and a level of quality.
    """

    encoding = Encoding.TIGHT
    codec = "jpeg"
    lossy = True
    largest = Size(MAX_WIDTH, 256)

    def __init__(self) -> None:
        self._densities = list(_DENSITIES)

    @classmethod
    def accepts(cls, pixel_format: PixelFormat) -> bool:
        """Rfbproto allows JPEG for 16 and 32 bits per pixel only."""
        return pixel_format.true_colour and pixel_format.bits_per_pixel >= 16

    def level(self, wanted: int, budget: float, pixels: int) -> int:
        """See `Encoder`; by the densities of the rectangles made so far."""
        fitting = (n for n in range(wanted, 0, -1) if pixels * self._densities[n] <= budget)
        return next(fitting, 0)

    def encode(
        self, area: Rectangle, pixels: Pixels, pixel_format: PixelFormat, level: int
    ) -> EncodedRectangle:
        """See `Encoder`; the pixel format does not matter."""
        data = jpeg(pixels, *_PARAMETERS[level])
        seen = len(data) / area.area
        self._densities[level] += _TRUST * (seen - self._densities[level])
        return self.rectangle(area, data)


def jpeg(pixels: Pixels, quality: int, subsampling: str = "444") -> bytes:
    """The data of a rectangle.

    `quality` is libjpeg's, 1 to 100; `subsampling` is ``444``, ``422``, ``420`` or ``Gray``.
    Raises ValueError for pixels wider than MAX_WIDTH.
    """
    check_size(pixels)
    octets = pixels.view(np.uint8).reshape(*pixels.shape, 4)
    compressed: bytes = simplejpeg.encode_jpeg(octets, quality, "BGRX", subsampling)
    return _CONTROL + compact_length(len(compressed)) + compressed
