"""The table of encodings: the one place that names them all. A new one is a line here."""

from __future__ import annotations

from desktopd.rfb.encoders.encoder import Encoder, VideoEncoder
from desktopd.rfb.encoders.h264.encoder import H264Encoder
from desktopd.rfb.encoders.jpeg import JpegEncoder
from desktopd.rfb.encoders.raw import RawEncoder
from desktopd.rfb.encoders.tight import TightEncoder
from desktopd.rfb.encoders.webp import WebpEncoder
from desktopd.rfb.encoders.zrle import ZrleEncoder

ENCODERS: tuple[type[Encoder], ...] = (
    H264Encoder,
    JpegEncoder,
    TightEncoder,
    WebpEncoder,
    ZrleEncoder,
    RawEncoder,
)
"""The order counts only among encodings that one number in SetEncodings asks for."""

FALLBACK = RawEncoder
"""For viewers that ask for nothing: all take it (RFC 6143 section 7.7)."""

VIDEO = tuple(kind for kind in ENCODERS if issubclass(kind, VideoEncoder))
LOSSLESS = tuple(kind for kind in ENCODERS if not kind.lossy and not kind.dense)
DENSE = tuple(kind for kind in ENCODERS if kind.dense)
LOSSY = tuple(kind for kind in ENCODERS if kind.lossy and kind not in VIDEO)
"""Still pictures that are not exact."""
