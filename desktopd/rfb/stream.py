"""A region's H.264 stream, whose pictures are made to fit the link."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from struct import Struct

from desktopd.geometry import Rectangle
from desktopd.rfb.encodings import Encoding
from desktopd.rfb.framebuffer import Framebuffer
from desktopd.rfb.rectangles import header
from desktopd.rfb.regions import TILE, Mask
from desktopd.rfb.video import Profile, VideoEncoder

COARSEST = 44
# Bytes halve with every so many steps of the quantiser.
_HALVES = 6.0
# How much of what the last picture told is believed.
_TRUST = 0.5
# Coarser at once, finer slowly: a picture too large is late, one too small only less sharp.
_FINER = 2
_KEY_COST = 2.0
_TYPICAL = 40.0
# rfbproto, Open H.264: length of the data, flags.
_HEADER = Struct(">II")
_RESET_CONTEXT = 1

Encoders = Callable[[int, int, Profile], VideoEncoder]
_numbers = itertools.count(1)


class Stream:
    """Pictures of `region` for all viewers that have followed them from a key picture on."""

    def __init__(
        self, encoders: Encoders, region: Rectangle, finest: int, profile: Profile = Profile.HIGH
    ) -> None:
        """`finest` is the least quantiser, 0 to 51. Raises VideoError."""
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
        self._encoder = encoders(region.width, region.height, profile)
        self._finest = finest
        self._quantiser = finest
        # Bytes a changed tile would have at quantiser 0.
        self._complexity = _TYPICAL * 2 ** (finest / _HALVES)

    @property
    def quantiser(self) -> int:
        """That of the last picture."""
        return self._quantiser

    def encode(self, framebuffer: Framebuffer, budget: float, *, key: bool, now: float) -> bytes:
        """The next picture as a rectangle, of about `budget` bytes at most. Raises VideoError."""
        key = key or self.frame == 0
        changed = self._changed(framebuffer)
        moving = float(changed.size if key else max(1, int(changed.sum())))
        quantiser = self._choose(budget, moving * (_KEY_COST if key else 1))
        data = self._encoder.encode(
            framebuffer.view(self.region), quantiser, key=key, constant=None if key else ~changed
        )
        if not key:
            seen = len(data) / moving * 2 ** (quantiser / _HALVES)
            self._complexity += _TRUST * (seen - self._complexity)
        self._quantiser = quantiser
        self.frame += 1
        self.sequence = framebuffer.sequence
        if key:
            self.keyed, self.missed = now, False
        head = _HEADER.pack(len(data), _RESET_CONTEXT if key else 0)
        return header(self.region, Encoding.H264) + head + data

    def close(self) -> None:
        """Free the encoder."""
        self._encoder.close()

    def _changed(self, framebuffer: Framebuffer) -> Mask:
        """Which of its macroblocks differ from the last picture."""
        rows, columns = framebuffer.tiles(self.region)
        changed = framebuffer.changed[rows, columns] > self.sequence
        return changed[: -(-self.region.height // TILE), : -(-self.region.width // TILE)]

    def _choose(self, budget: float, moving: float) -> int:
        """The finest quantiser whose picture should fit."""
        wanted = _HALVES * math.log2(max(1.0, self._complexity * moving / max(budget, 1.0)))
        return min(COARSEST, max(self._finest, self._quantiser - _FINER, math.ceil(wanted)))
