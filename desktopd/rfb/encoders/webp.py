"""WebP without loss, an encoding of our own: half the bytes of Tight for several times its work.

The data of a rectangle are the length of a WebP file in four bytes, and the file.
"""

from __future__ import annotations

import io
from struct import pack

from PIL import Image

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.encoder import EncodedRectangle, Encoder
from desktopd.rfb.encoders.pixels import Pixels, rgb
from desktopd.rfb.encoders.tight import TightEncoder
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import PixelFormat

# libwebp's method and effort: more of either takes several times as long for 1 to 5 % fewer bytes
# (the last frames of replay2d and replay3d: 268 and 296 KB in 0.1 s; Tight 555 and 528).
_METHOD, _EFFORT = 2, 25
# Up to so many bytes Tight is taken, which a viewer draws at once: a file has 30 without a pixel.
_FEW = 128


class WebpEncoder(Encoder):
    """Rectangles of WebP, and of Tight where these are smaller or WebP has no such pixels."""

    encoding = Encoding.WEBP
    codec = "webp"
    dense = True

    def __init__(self) -> None:
        self._tight = TightEncoder()

    def encode(
        self, area: Rectangle, pixels: Pixels, pixel_format: PixelFormat, level: int
    ) -> EncodedRectangle:
        """See `Encoder`; the level is that of Tight."""
        tight = self._tight.encode(area, pixels, pixel_format, level)
        if len(tight.data) <= _FEW or not pixel_format.tpixel_is_rgb:
            return tight
        file = io.BytesIO()
        image = Image.fromarray(rgb(pixels))
        image.save(file, "webp", lossless=True, method=_METHOD, quality=_EFFORT)
        made = self.rectangle(area, pack(">I", file.tell()), file.getvalue())
        return min(made, tight, key=lambda rectangle: len(rectangle.data))
