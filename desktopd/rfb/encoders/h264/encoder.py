"""Open H.264 of rfbproto: rate control and libx264 behind the interface of encoders."""

from __future__ import annotations

import math
from struct import Struct

import numpy as np

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import EncodedRectangle, VideoEncoder
from desktopd.rfb.encoders.h264.macroblocks import Mask, mask_shape
from desktopd.rfb.encoders.h264.rate_control import RateControl, most_bytes
from desktopd.rfb.encoders.h264.stream_format import OPTIONS, StreamFormat
from desktopd.rfb.encoders.h264.x264 import X264
from desktopd.rfb.encoders.pixels import Pixels
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import PixelFormat

# Length of the data, flags.
_HEADER = Struct(">II")
_RESET_CONTEXT = 1
_PROBE = 64


class H264Encoder(VideoEncoder):
    """A stream whose frames fit the link; a key frame resets the viewer's decoder."""

    encoding = Encoding.H264
    codec = "h264"
    options = OPTIONS

    def __init__(self, size: Size, options: frozenset[int] = frozenset(), *, fast: bool = False):
        """See `VideoEncoder`."""
        self._x264 = X264(size.width, size.height, StreamFormat.of(options), fast=fast)
        self._rate_control = RateControl()
        self._all = np.ones(mask_shape(size), np.bool_)
        self._begun = False

    @classmethod
    def check(cls) -> None:
        """See `VideoEncoder`."""
        X264(_PROBE, _PROBE).close()

    @classmethod
    def most_bytes(cls, level: int, pixels: int, seconds: float) -> float:
        """See `VideoEncoder`."""
        return most_bytes(level, pixels, seconds)

    def encode(
        self,
        area: Rectangle,
        pixels: Pixels,
        pixel_format: PixelFormat,
        level: int,
        *,
        budget: float = math.inf,
        changed: Mask | None = None,
        key: bool = False,
    ) -> EncodedRectangle:
        """See `VideoEncoder`; the pixel format does not matter. Rows of `pixels` are contiguous."""
        key = key or not self._begun
        changed = self._all if changed is None or key else changed
        count = max(1, int(changed.sum()))
        quantiser = self._rate_control.choose(level, budget, count, key=key)
        data = self._x264.encode(pixels, quantiser, key=key, changed=changed)
        if not key:
            self._rate_control.learn(len(data), count)
        self._begun = True
        return self.rectangle(area, _HEADER.pack(len(data), _RESET_CONTEXT if key else 0), data)

    def close(self) -> None:
        """See `VideoEncoder`."""
        self._x264.close()
