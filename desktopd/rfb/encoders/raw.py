"""The Raw encoding (RFC 6143 section 7.7.1), which every viewer takes."""

from __future__ import annotations

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.encoder import Cost, EncodedRectangle, Encoder
from desktopd.rfb.encoders.pixels import Pixels, translate
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import PixelFormat


class RawEncoder(Encoder):
    """Sends the pixels as they are; levels do not matter."""

    encoding = Encoding.RAW
    codec = "raw"
    cost = Cost.COPY

    def encode(
        self, area: Rectangle, pixels: Pixels, pixel_format: PixelFormat, level: int
    ) -> EncodedRectangle:
        """See `Encoder`."""
        return self.rectangle(area, translate(pixels, pixel_format).tobytes())
