"""Open H.264 of rfbproto: rate control and libx264 behind the interface of encoders."""

from __future__ import annotations

import math
from struct import Struct

import numpy as np

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import EncodedRectangle, VideoEncoder
from desktopd.rfb.encoders.h264.halving import Halving
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
    """A stream whose frames fit the link; a key frame resets the viewer's decoder.

    On links that are too thin its pictures have half the sides of their rectangle, where the viewer
    enlarges them.
    """

    encoding = Encoding.H264
    codec = "h264"
    options = OPTIONS

    def __init__(self, size: Size, options: frozenset[int] = frozenset(), *, fast: bool = False):
        """See `VideoEncoder`."""
        self._size, self._format, self._fast = size, StreamFormat.of(options), fast
        self._x264 = self._open()
        self._rate_control = RateControl()
        self._halving = Halving()
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
        key = self._resize(budget, changed) or key or not self._begun
        changed = self._all if changed is None or key else changed
        count = max(1, int(changed.sum()))
        quantiser = self._rate_control.choose(level, budget, count, key=key)
        data = self._x264.encode(pixels, quantiser, key=key, changed=changed)
        if not key:
            self._rate_control.learn(len(data), count)
        self._begun = True
        return self.rectangle(area, _HEADER.pack(len(data), _RESET_CONTEXT if key else 0), data)

    def _resize(self, budget: float, changed: Mask | None) -> bool:
        """Halve the pictures or stop that, where the link asks for it; whether they changed."""
        if not self._format.halved:
            return False
        if not self._begun:
            self._halving.begin(budget, self._all.size)
            if not self._halving.halved:
                return False
        else:
            count = self._all.size if changed is None else int(changed.sum())
            wanted = self._rate_control.wanted(budget, max(1, count))
            if wanted is None or not self._halving.follow(wanted):
                return False
        self._x264.close()
        self._x264 = self._open(halved=self._halving.halved)
        self._rate_control.resized(halved=self._halving.halved)
        return True

    def _open(self, *, halved: bool = False) -> X264:
        width, height = self._size.width, self._size.height
        return X264(width, height, self._format, fast=self._fast, halved=halved)

    def close(self) -> None:
        """See `VideoEncoder`."""
        self._x264.close()
