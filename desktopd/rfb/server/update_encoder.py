"""One capture for all viewers: what has changed, encoded once for everybody who wants it so."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import numpy as np

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.h264.video import VideoError, VideoFormat
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.protocol.server_messages import copy_rect, joined
from desktopd.rfb.server.client_state import NOTHING, ClientState, Update, UpdateRequest
from desktopd.rfb.server.congestion_control import MOTION_TIME, STILL_TIME, video_bytes
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.motion import Motion, inside
from desktopd.rfb.server.rectangles import EncodedRectangle, RectangleEncoder, is_photo
from desktopd.rfb.server.regions import Mask, components, pieces, rectangles
from desktopd.rfb.server.video_stream import VideoEncoderFactory, VideoStream

log = logging.getLogger(__name__)

# Seconds without a change after which what is lossy is sent again.
REST = 0.12
# A lossless rectangle is at most this large: so it is soon made, and has few colours.
BLOCK = Size(256, 64)
# A rectangle of JPEG is at most this large, as rfbproto's Tight encoding demands of its width.
PHOTO = Size(2048, 256)
# Photographs up to this many pixels are sent without loss at once.
_SMALL_PHOTO = 16_384
# The part of a rectangle that must have changed for it to be one JPEG picture.
_DENSE = 0.4
# Seconds of work, and of the link's time, for one update that only makes the picture exact.
_REFINEMENT_WORK = 0.012
_REFINEMENT_TIME = 0.04
# The part of them that is left to it beside what moves.
_BESIDE = 0.2
# Seconds between two key pictures of a stream for viewers that come later.
_KEY_INTERVAL = 1.0
_MOST_SHARED = 64
# Streams for links of up to so many bytes a second, and one for all above. A viewer goes to the
# next when its link has become so many times as fast or slow as would do.
_TIERS = (750_000.0, 1_600_000.0)
_STICKY = 1.4


class UpdateEncoder:
    """Belongs to the thread that captures; every method is called there."""

    def __init__(self, size: Size, encoders: VideoEncoderFactory | None) -> None:
        """`encoders` makes the video; None where there is none."""
        self._encoders = encoders
        self._encoder = RectangleEncoder()
        self._streams: dict[tuple[int, int, VideoFormat], VideoStream] = {}
        self.framebuffer = Framebuffer(size)
        self.motion = Motion(self.framebuffer)
        self._shared: dict[tuple[object, ...], tuple[EncodedRectangle, ...]] = {}

    def resize(self, size: Size) -> None:
        """Begin a new framebuffer, of which no viewer has anything."""
        self.framebuffer.forget()
        self.framebuffer = Framebuffer(size)
        self.motion = Motion(self.framebuffer)
        self._shared.clear()
        self._encoder.forget()
        self._close_streams()

    def absorb(self, area: Rectangle, data: memoryview, now: float, waited: float = 0.0) -> None:
        """Take a picture captured at `now`, in which nothing differs but in an aligned `area`.

        `data` has whole tiles, and must stay as it is until the next call is over. It could not
        be captured for `waited` seconds, because no viewer could take it.
        """
        still = self.motion.region is None
        changed = self.framebuffer.absorb(area, data, now, seek_scroll=still)
        if changed is not None:
            self._shared.clear()
            self.motion.observe(self.framebuffer.unscrolled, now, waited)

    def updates(self, requests: Sequence[UpdateRequest], now: float) -> list[Update]:
        """The next update for each; all of the same picture of the screen."""
        self.motion.rest(now)
        if self.motion.region is None and self._streams:
            self._close_streams()
        return [self._update(request, now) for request in requests]

    def close(self) -> None:
        """Free what the encoders hold, and the picture."""
        self._close_streams()
        self.framebuffer.forget()

    def _close_streams(self) -> None:
        for stream in self._streams.values():
            stream.close()
        self._streams.clear()

    def _update(self, request: UpdateRequest, now: float) -> Update:
        state = request.state
        if state is None:
            state = ClientState(self.framebuffer)
        elif state.framebuffer is not self.framebuffer:
            state = ClientState(self.framebuffer, zrle=state.zrle)
        dirty = self.framebuffer.changed > state.since
        if request.anew and (area := request.anew.clipped(self.framebuffer.size)):
            dirty[self.framebuffer.tiles(area)] = True
        parts: tuple[EncodedRectangle, ...] = ()
        share = 1.0
        if dirty.any():
            parts = self._news(request, state, dirty, now)
            state.since = self.framebuffer.sequence
            self._account(state, parts)
            share = _BESIDE
        if share == 1.0 or now >= state.refine_at:
            exact = tuple(self._refinement(request, state, now, share))
            self._account(state, exact)
            parts += exact
        if not parts:
            return Update(state, exact=state.exact)
        codec = max(parts, key=lambda part: part.area.area).codec
        return Update(state, joined(part.data for part in parts), codec, state.exact)

    def _account(self, state: ClientState, parts: tuple[EncodedRectangle, ...]) -> None:
        for part in parts:
            if part.lossy:
                state.lossy[self.framebuffer.tiles(part.area)] = True
            else:
                state.lossy[self.framebuffer.whole_tiles(part.area)] = False

    def _news(
        self, request: UpdateRequest, state: ClientState, dirty: Mask, now: float
    ) -> tuple[EncodedRectangle, ...]:
        """What has changed since, with the video first and what is exact last."""
        preferences, region = request.preferences, self.motion.region
        if (moved := self._moved(request, state)) is not None:
            return (moved, *self._stills(request, state, self.framebuffer.unscrolled))
        video: tuple[EncodedRectangle, ...] = ()
        if preferences.video and region is not None and state.since != NOTHING:
            covered = inside(region, self.framebuffer)
            if (dirty & covered).any():
                video = self._video(request, state, region, now)
                if video:
                    dirty = dirty & ~covered
        return video + self._stills(request, state, dirty)

    def _moved(self, request: UpdateRequest, state: ClientState) -> EncodedRectangle | None:
        """What the viewer already has, at another place."""
        scroll, framebuffer = self.framebuffer.scroll, self.framebuffer
        if (
            scroll is None
            or not request.preferences.copies
            or request.anew is not None
            or state.since != framebuffer.sequence - 1
        ):
            return None
        area = scroll.area
        source = Rectangle(area.x, scroll.source_y, area.width, area.height)
        lossy = bool(state.lossy[framebuffer.tiles(area.union(source))].any())
        data = copy_rect(area.x, area.y, area.width, area.height, source.x, source.y)
        return EncodedRectangle(area, data, "copy", lossy)

    def _video(
        self, request: UpdateRequest, state: ClientState, region: Rectangle, now: float
    ) -> tuple[EncodedRectangle, ...]:
        """The stream's picture of this moment; nothing where this viewer cannot follow it yet."""
        stream = self._stream(request, state, region)
        if stream is None:
            return ()
        made = self._shared.get(("video", stream.number))
        last = stream.frame if made is None else stream.frame - 1
        follows = state.stream == stream.number and state.frame == last
        if made is None:
            stream.missed |= not follows
            key = stream.missed and now - stream.keyed > _KEY_INTERVAL
            if not follows and not key:
                return ()
            try:
                most = request.preferences.most_video(region.area) * stream.interval(now)
                budget = min(video_bytes(request.rate), most)
                made = (stream.encode(self.framebuffer, budget, key=key, now=now),)
            except VideoError as error:
                self._do_without_video(error)
                return ()
            self._shared["video", stream.number] = made
        elif not follows and stream.keyed != now:
            stream.missed = True
            return ()
        state.stream, state.frame = stream.number, stream.frame
        return made

    def _do_without_video(self, error: VideoError) -> None:
        log.error("no more video, what moves is sent as JPEG: %s", error)
        self._encoders = None

    def _stream(
        self, request: UpdateRequest, state: ClientState, region: Rectangle
    ) -> VideoStream | None:
        """The stream for links such as this one."""
        if self._encoders is None:
            return None
        video, finest = request.preferences.video, request.preferences.finest_quantiser
        assert video is not None
        state.tier = _tier(request.rate, state.tier)
        key = (state.tier, finest, video)
        stream = self._streams.get(key)
        if stream is not None and stream.region != region:
            stream.close()
            stream = None
        if stream is None:
            try:
                swift = state.tier == len(_TIERS)
                stream = VideoStream(self._encoders, region, finest, video, swift=swift)
            except VideoError as error:
                self._do_without_video(error)
                return None
            self._streams[key] = stream
        return stream

    def _stills(
        self, request: UpdateRequest, state: ClientState, dirty: Mask
    ) -> tuple[EncodedRectangle, ...]:
        """What has changed, as JPEG where that pays and else exactly."""
        preferences, since = request.preferences, state.since
        if not preferences.shared:
            return self._exactly(self._areas(dirty, exactly=False), state, preferences)
        quality = preferences.quality
        if preferences.jpeg:
            seconds = STILL_TIME if self.motion.region is None else MOTION_TIME
            quality = self._encoder.quality(preferences.quality, request.rate * seconds, dirty)
        key = (since, preferences, quality, dirty.tobytes())
        parts = self._shared.get(key)
        if parts is None:
            # Who has the last picture but this one needs no more than the pixels that differ.
            follows = since == self.framebuffer.sequence - 1 and request.anew is None
            areas = self._areas(dirty, exactly=follows)
            photos: list[Rectangle] = []
            if preferences.jpeg:
                photos, areas = self._split(areas, dirty, exactly=follows)
            parts = (
                *(self._encoder.jpeg(self.framebuffer, area, quality) for area in photos),
                *self._exactly(areas, state, preferences),
            )
            if len(self._shared) >= _MOST_SHARED:
                self._shared = {k: v for k, v in self._shared.items() if k[0] == "video"}
            self._shared[key] = parts
        return parts

    def _areas(self, tiles: Mask, *, exactly: bool) -> list[Rectangle]:
        """Rectangles that cover `tiles`, or exactly what of them the last picture has changed."""
        areas = rectangles(tiles, self.framebuffer.size, BLOCK)
        if not exactly:
            return list(areas)
        return [changed for area in areas if (changed := self.framebuffer.changes(area))]

    def _split(
        self, changed: list[Rectangle], dirty: Mask, *, exactly: bool
    ) -> tuple[list[Rectangle], list[Rectangle]]:
        """Of the areas that are `changed`, which cover `dirty`, those for JPEG and the others.

        For `exactly` see `_areas`.
        """
        framebuffer = self.framebuffer
        if sum(area.area for area in changed) <= _SMALL_PHOTO:
            return [], changed
        photo = np.zeros_like(dirty)
        pixels = 0
        for area in changed:
            if is_photo(framebuffer.view(area)):
                photo[framebuffer.tiles(area)] = True
                pixels += area.area
        if pixels <= _SMALL_PHOTO:
            return [], changed
        areas: list[Rectangle] = []
        for area in components(photo, framebuffer.size):
            part = photo[framebuffer.tiles(area)]
            if part.mean() > _DENSE:
                areas += pieces(area, PHOTO)
            else:
                alone = np.zeros_like(photo)
                alone[framebuffer.tiles(area)] = part
                areas += rectangles(alone, framebuffer.size, BLOCK)
        return areas, self._areas(dirty & ~photo, exactly=exactly)

    def _exactly(
        self, areas: Sequence[Rectangle], state: ClientState, preferences: EncodingPreferences
    ) -> tuple[EncodedRectangle, ...]:
        return tuple(
            self._encoder.lossless(self.framebuffer, area, preferences, state.zrle)
            for area in areas
        )

    def _refinement(
        self, request: UpdateRequest, state: ClientState, now: float, share: float
    ) -> list[EncodedRectangle]:
        """Some of what is lossy and rests, exactly; as much as is soon made and soon sent.

        `share` is the part of the link that it may take.
        """
        resting = self._resting(now) & state.lossy
        parts: list[EncodedRectangle] = []
        size, began = 0, time.monotonic()
        budget = request.rate * _REFINEMENT_TIME * share
        for area in rectangles(resting, self.framebuffer.size, BLOCK) if resting.any() else ():
            part = self._encoder.lossless(self.framebuffer, area, request.preferences, state.zrle)
            parts.append(part)
            size += len(part.data)
            if size > budget or time.monotonic() - began > _REFINEMENT_WORK * share:
                break
        state.refine_at = now + size / request.rate / _BESIDE
        return parts

    def _resting(self, now: float) -> Mask:
        """Tiles that have not changed for a while, the moving region as a whole."""
        changed_at = self.framebuffer.changed_at
        resting: Mask = now - changed_at > REST
        region = self.motion.region
        if region is not None:
            tiles = self.framebuffer.tiles(region)
            if not resting[tiles].all():
                resting[tiles] = False
        return resting


def _tier(rate: float, tier: int | None) -> int:
    """Which of the streams suits a link, given the one that it has."""
    if tier is None:
        return sum(rate > bound for bound in _TIERS)
    if tier < len(_TIERS) and rate > _TIERS[tier] * _STICKY:
        return tier + 1
    if tier > 0 and rate < _TIERS[tier - 1] / _STICKY:
        return tier - 1
    return tier
