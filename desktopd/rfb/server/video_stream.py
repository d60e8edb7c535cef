"""A region's H.264 stream, whose pictures are made to fit the link."""

from __future__ import annotations

import itertools
import math
from struct import Struct
from typing import Protocol

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.h264.video import PLAIN, VideoEncoder, VideoFormat
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.rectangles import EncodedRectangle, header

COARSEST = 44
# Bytes halve with every so many steps of the quantiser.
_HALVES = 6.0
# How much of what the last picture told is believed.
_TRUST = 0.5
# Coarser at once, finer slowly: a picture too large is late, one too small only less sharp.
_FINER = 2
# A picture with less than this part of the changes that are usual keeps its quantiser: a finer one
# would encode all that rests again, and what may be the answer to a click would come late.
_FEW = 0.5
_TRUST_MOTION = 0.1
_KEY_COST = 2.0
_TYPICAL = 40.0
# Seconds between two pictures: at first, at most, and how much the last one tells.
_USUAL = 1 / 30
_LONGEST = 0.2
_TRUST_INTERVAL = 0.1
# rfbproto, Open H.264: length of the data, flags.
_HEADER = Struct(">II")
_RESET_CONTEXT = 1


class VideoEncoderFactory(Protocol):
    """Makes the encoders, as `x264.X264` does."""

    def __call__(self, width: int, height: int, video: VideoFormat, *, swift: bool) -> VideoEncoder:
        """An encoder for pictures of one size. Raises VideoError."""


_numbers = itertools.count(1)


class VideoStream:
    """Pictures of `region` for all viewers that have followed them from a key picture on."""

    def __init__(
        self,
        encoders: VideoEncoderFactory,
        region: Rectangle,
        finest: int,
        video: VideoFormat = PLAIN,
        *,
        swift: bool = False,
    ) -> None:
        """`finest` is the least quantiser, 0 to 51; `swift` spares time rather than bytes.

        Raises VideoError.
        """
        self.region = region
        self.number = next(_numbers)
        self.frame = 0
        """Number of the last picture."""
        self.sequence = -1
        """The framebuffer's sequence that the last picture shows."""
        self.missed = False
        """Somebody waits for a key picture."""
        self.keyed = -math.inf
        """When the last key picture was made (monotonic, in seconds)."""
        self._encoder = encoders(region.width, region.height, video, swift=swift)
        self._finest = finest
        self._interval = _USUAL
        self._encoded = -math.inf
        self._quantiser = finest
        # Tiles that change from one picture to the next.
        self._usual_changes = 0.0
        # Bytes a changed tile would have at quantiser 0.
        self._complexity = _TYPICAL * 2 ** (finest / _HALVES)

    def interval(self, now: float) -> float:
        """Seconds between two of its pictures, the one of `now` included, averaged over some."""
        passed = min(_LONGEST, now - self._encoded)
        return self._interval + _TRUST_INTERVAL * (passed - self._interval)

    @property
    def quantiser(self) -> int:
        """That of the last picture."""
        return self._quantiser

    def encode(
        self, framebuffer: Framebuffer, budget: float, *, key: bool, now: float
    ) -> EncodedRectangle:
        """The next picture, of about `budget` bytes at most. Raises VideoError."""
        key = key or self.frame == 0
        since = -1 if key else self.sequence
        changed = framebuffer.changed[framebuffer.tiles(self.region)] > since
        moving = float(max(1, int(changed.sum())))
        usual = self._usual_changes or moving
        share = min(1.0, moving / usual)
        finer = _FINER if share > _FEW else 0
        quantiser = self._choose(budget, moving * (_KEY_COST if key else 1), finer)
        pixels = framebuffer.view(self.region)
        data = self._encoder.encode(pixels, quantiser, key=key, constant=~changed)
        if not key:
            seen = len(data) / moving * 2 ** (quantiser / _HALVES)
            self._complexity += _TRUST * share * (seen - self._complexity)
            self._usual_changes = usual + _TRUST_MOTION * (moving - usual)
        self._quantiser = quantiser
        self.frame += 1
        self.sequence = framebuffer.sequence
        self._interval, self._encoded = self.interval(now), now
        if key:
            self.keyed, self.missed = now, False
        head = header(self.region, Encoding.H264)
        head += _HEADER.pack(len(data), _RESET_CONTEXT if key else 0)
        return EncodedRectangle(self.region, head + data, "h264", lossy=True)

    def close(self) -> None:
        """Free the encoder."""
        self._encoder.close()

    def _choose(self, budget: float, moving: float, finer: int) -> int:
        """The finest quantiser whose picture should fit, at most `finer` below the last."""
        wanted = _HALVES * math.log2(max(1.0, self._complexity * moving / max(budget, 1.0)))
        return min(COARSEST, max(self._finest, self._quantiser - finer, math.ceil(wanted)))
