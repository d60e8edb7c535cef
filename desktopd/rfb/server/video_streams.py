"""The video streams of the moving region, and which one a viewer follows.

Links of about the same rate share a stream, so that each region is encoded a few times at most.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.encoder import EncodedRectangle, VideoEncoder, VideoError
from desktopd.rfb.server.client_state import ClientState, UpdateRequest
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.video_stream import VideoStream

log = logging.getLogger(__name__)

# A tier of links up to each of these rates in bytes a second, and one for all above, whose frames
# are fast ones. More tiers fit links better and cost the encoder's time for each.
_TIERS = (750_000.0, 1_600_000.0)
# A viewer goes to the next tier when its link has become so many times as fast or slow as would do:
# each change is a key frame.
_STICKY = 1.4
WATCHED_PIXELS = 3840 * 2160
"""Of all streams of which nobody but those who only watch has asked, where that is more
than one: each has an encoder with 27 bytes a pixel, and a watcher chooses among hundreds."""
UNASKED = 1.0
"""Seconds after which one of these that nobody asks for gives its place to the next."""

_Kind: TypeAlias = tuple[int, type[VideoEncoder], int, frozenset[int]]


class VideoStreams:
    """All streams of one display; no video is made any more once an encoder has failed.

    Who only watches, and finds no place for a stream of another kind, gets still pictures.
    """

    def __init__(self) -> None:
        self._streams: dict[_Kind, VideoStream] = {}
        self._watched: dict[_Kind, float] = {}
        self._failed = False

    def encode(
        self,
        request: UpdateRequest,
        state: ClientState,
        framebuffer: Framebuffer,
        region: Rectangle,
        now: float,
    ) -> EncodedRectangle | None:
        """The frame of the present capture; None where the viewer cannot follow yet."""
        try:
            stream = None if self._failed else self._stream(request, state, region, now)
            if stream is None:
                return None
            return stream.give(request, state, framebuffer, now)
        except VideoError as error:
            log.error("no more video, what moves is sent as still pictures: %s", error)
            self._failed = True
            return None

    def _stream(
        self, request: UpdateRequest, state: ClientState, region: Rectangle, now: float
    ) -> VideoStream | None:
        """The stream for links and viewers such as this one; None where there is none."""
        preferences = request.preferences
        if preferences.video is None:
            return None
        state.tier = _tier(request.rate, state.tier)
        key = (state.tier, preferences.video, preferences.quality, preferences.video_options)
        if not self._finds_place(key, region, now, watching=request.watching):
            return None
        stream = self._streams.get(key)
        if stream is not None and stream.region == region:
            return stream
        if stream is not None:
            stream.close()
        fast = state.tier == len(_TIERS)
        self._streams[key] = stream = VideoStream(region, preferences, fast=fast)
        return stream

    def _finds_place(self, kind: _Kind, region: Rectangle, now: float, *, watching: bool) -> bool:
        """Whether there may be a stream of this kind; one for watchers alone counts as such."""
        if not watching:
            self._watched.pop(kind, None)
            return True
        if kind in self._streams and kind not in self._watched:
            return True
        others = {other: asked for other, asked in self._watched.items() if other != kind}
        while others and self._pixels(others) + region.area > WATCHED_PIXELS:
            least = min(others, key=others.__getitem__)
            if now - others.pop(least) < UNASKED:
                return False
            del self._watched[least]
            self._streams.pop(least).close()
        self._watched[kind] = now
        return True

    def _pixels(self, kinds: Iterable[_Kind]) -> int:
        return sum(self._streams[kind].region.area for kind in kinds)

    def dispensable(self, requests: Sequence[UpdateRequest], framebuffer: Framebuffer) -> bool:
        """Whether none of the streams needs a frame of the present capture.

        So it is if all who follow one are among `requests`, and lack nothing else.
        """
        following = Counter[tuple[int, int]]()
        for request in requests:
            state = request.state
            if request.preferences.video is not None:
                if state is None or request.anew is not None or not state.follows(framebuffer):
                    return False
                following[state.stream, state.frame] += 1
        given = {
            (stream.number, stream.frame): stream.given
            for stream in self._streams.values()
            if not stream.missed
        }
        return all(given.get(last) == count for last, count in following.items())

    def close(self) -> None:
        """Free all streams; the next frame begins another one."""
        for stream in self._streams.values():
            stream.close()
        self._streams.clear()
        self._watched.clear()


def _tier(rate: float, tier: int | None) -> int:
    """The tier that suits a link, given the one that it has."""
    if tier is None:
        return sum(rate > bound for bound in _TIERS)
    if tier < len(_TIERS) and rate > _TIERS[tier] * _STICKY:
        return tier + 1
    if tier > 0 and rate < _TIERS[tier - 1] / _STICKY:
        return tier - 1
    return tier
