"""The video of one moving region: its frames, and what a viewer must have had for the next.

`video_streams.py` chooses the stream for a viewer; the encoder behind it controls the rate.
"""

from __future__ import annotations

import itertools
import math

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import EncodedRectangle
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.server.client_state import ClientState, UpdateRequest
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.video_budget import video_bytes

# Seconds between two frames: at first, at most, and the weight of the last one.
_USUAL = 1 / 30
_LONGEST = 0.2
_TRUST_INTERVAL = 0.1
# Seconds between two key frames for viewers that come later: less costs those bytes who follow the
# stream, more lets them wait (replay3d with 30 viewers).
_KEY_INTERVAL = 1.0

_numbers = itertools.count(1)


class VideoStream:
    """Frames of `region` for all viewers that have followed them from a key frame on."""

    def __init__(
        self, region: Rectangle, preferences: EncodingPreferences, *, fast: bool = False
    ) -> None:
        """For viewers with these preferences, which include video; `fast` is the encoder's.

        Raises VideoError.
        """
        assert preferences.video is not None
        size = Size(region.width, region.height)
        self.region = region
        self.number = next(_numbers)
        self.frame = 0
        """Number of the last frame."""
        self.sequence = -1
        """The framebuffer's sequence that the last frame shows."""
        self.last: EncodedRectangle | None = None
        """The last frame."""
        self.given = 0
        """Viewers that have got the last frame."""
        self.missed = False
        """Somebody waits for a key frame."""
        self.keyed = -math.inf
        """When the last key frame was made (monotonic, in seconds)."""
        self._preferences = preferences
        self._encoder = preferences.video(size, preferences.video_options, fast=fast)
        self._interval = _USUAL
        self._encoded_at = -math.inf

    def budget(self, rate: float, now: float, late: float = 0.0) -> float:
        """The bytes that a frame of `now` may have on a link that takes `rate` a second.

        `late`: the part of the link's updates that come late.
        """
        quality, pixels = self._preferences.quality, self.region.area
        interval = self._interval_at(now)
        worth = self._encoder.most_bytes(quality, pixels, interval)
        return min(video_bytes(rate, interval, late), worth)

    def give(
        self, request: UpdateRequest, state: ClientState, framebuffer: Framebuffer, now: float
    ) -> EncodedRectangle | None:
        """The frame of the present capture, made for the first who asks and can follow.

        None for a viewer that has to wait for a key frame. Raises VideoError.
        """
        made = self.last if self.sequence == framebuffer.sequence else None
        before = self.frame if made is None else self.frame - 1
        follows = state.stream == self.number and state.frame == before
        if made is None:
            self.missed |= not follows
            key = self.missed and now - self.keyed > _KEY_INTERVAL
            if not follows and not key:
                return None
            budget = self.budget(request.rate, now, request.late)
            made = self.encode(framebuffer, budget, key=key, now=now)
        elif not follows and self.keyed != now:
            self.missed = True
            return None
        state.stream, state.frame = self.number, self.frame
        self.given += 1
        return made

    def encode(
        self, framebuffer: Framebuffer, budget: float, *, key: bool, now: float
    ) -> EncodedRectangle:
        """The next frame, of about `budget` bytes at most. Raises VideoError."""
        key = key or self.frame == 0
        made = self.last = self._encoder.encode(
            self.region,
            framebuffer.view(self.region),
            self._preferences.pixel_format,
            self._preferences.quality,
            budget=budget,
            changed=framebuffer.changed[framebuffer.tiles(self.region)] > self.sequence,
            key=key,
        )
        self.frame += 1
        self.given = 0
        self.sequence = framebuffer.sequence
        self._interval, self._encoded_at = self._interval_at(now), now
        if key:
            self.keyed, self.missed = now, False
        return made

    def _interval_at(self, now: float) -> float:
        """Seconds between two frames, the one of `now` included, averaged over some."""
        passed = min(_LONGEST, now - self._encoded_at)
        return self._interval + _TRUST_INTERVAL * (passed - self._interval)

    def close(self) -> None:
        """Free the encoder."""
        self._encoder.close()
