"""One capture for all viewers: what each lacks of it, encoded once for all that want it alike.

The parts of an update have files of their own: video (video_streams.py), what has changed
(change_encoder.py), and what becomes exact (refinement.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import EncodedRectangle, Encoders
from desktopd.rfb.protocol.rectangles import copy_rect, framebuffer_update
from desktopd.rfb.server.beside_video import fitting
from desktopd.rfb.server.change_encoder import ChangeEncoder
from desktopd.rfb.server.client_state import NOTHING, ClientState, Update, UpdateRequest
from desktopd.rfb.server.draft_picture import DraftPicture
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.motion import Motion
from desktopd.rfb.server.rectangle_cache import RectangleCache
from desktopd.rfb.server.refinement import BESIDE, Refinement
from desktopd.rfb.server.small_change import is_small
from desktopd.rfb.server.tiles import Mask
from desktopd.rfb.server.video_budget import MOTION_TIME, STILL_TIME, video_bytes
from desktopd.rfb.server.video_streams import VideoStreams


class UpdateEncoder:
    """Belongs to the thread that captures, which calls every method."""

    def __init__(self, size: Size, is_draft: Callable[[], bool] = lambda: False) -> None:
        """`is_draft`: see DraftPicture."""
        self._draft = DraftPicture(is_draft)
        self._encoders = Encoders()
        self._streams = VideoStreams()
        self._without_video = False
        self._begin(size)

    def _begin(self, size: Size) -> None:
        self.framebuffer = Framebuffer(size)
        self.motion = Motion(self.framebuffer)
        cache = RectangleCache(self.framebuffer, self._encoders)
        self._changes = ChangeEncoder(self.framebuffer, self._encoders, cache)
        self.refinement = Refinement(self.framebuffer, self.motion, cache, self._draft)

    def resize(self, size: Size) -> None:
        """Begin a new framebuffer, of which no viewer has anything."""
        self.close()
        self._begin(size)

    def absorb(self, area: Rectangle, data: memoryview, now: float, waited: float = 0.0) -> None:
        """Take a capture made at `now`, in which nothing differs but in an aligned `area`.

        `data` has whole tiles, and must stay as it is until the next call is over. It could not
        be captured for `waited` seconds, because no viewer could take it.
        """
        still = self.motion.region is None
        changed = self.framebuffer.absorb(area, data, now, seek_scroll=still)
        if changed is not None:
            self._changes.forget()
            self._draft.observe(changed, now)
            self.motion.observe(self.framebuffer.unscrolled, now, waited)

    def updates(self, requests: Sequence[UpdateRequest], now: float) -> list[Update]:
        """The next update for each; all of the same capture."""
        self.motion.rest(now)
        region = self.motion.region
        if region is None:
            self._streams.close()
        self._without_video = (
            region is not None
            and is_small(self.framebuffer, region, requests)
            and self._streams.dispensable(requests, self.framebuffer)
        )
        return [self._update(request, now) for request in requests]

    def close(self) -> None:
        """Free what the encoders hold, and the pixels."""
        self._streams.close()
        self.framebuffer.forget()

    def _update(self, request: UpdateRequest, now: float) -> Update:
        state = self._state(request)
        lacking = self.framebuffer.changed > state.since
        if request.anew and (area := request.anew.clipped(self.framebuffer.size)):
            lacking[self.framebuffer.tiles(area)] = True
        sent: tuple[EncodedRectangle, ...] = ()
        share, rest = 1.0, self.refinement.rest(now)
        if lacking.any() and self.refinement.at_once(request, state, lacking):
            state.since, rest = self.framebuffer.sequence, 0.0
            state.lossy |= lacking
        elif lacking.any():
            sent = self._news(request, state, lacking, now)
            state.since = self.framebuffer.sequence
            state.account(sent)
            share = BESIDE
        if share == 1.0 or now >= state.refine_at:
            exact = self.refinement.encode(request, state, now, share, rest)
            state.account(exact)
            sent += tuple(exact)
        state.only_refined = share == 1.0 and bool(sent) and self.motion.region is None
        data = framebuffer_update(rectangle.data for rectangle in sent) if sent else b""
        return Update(state, data, state.exact)

    def _state(self, request: UpdateRequest) -> ClientState:
        """What a viewer has of this framebuffer; its own encoders go on from one to the next."""
        if request.state is None:
            return ClientState(self.framebuffer)
        if request.state.framebuffer is not self.framebuffer:
            return ClientState(self.framebuffer, encoders=request.state.encoders)
        return request.state

    def _news(
        self, request: UpdateRequest, state: ClientState, lacking: Mask, now: float
    ) -> tuple[EncodedRectangle, ...]:
        """What a viewer lacks: video first, and what is lossless last."""
        seconds = STILL_TIME if self.motion.region is None else MOTION_TIME
        moved = self._moved(request, state)
        if moved is not None:
            unscrolled = self.framebuffer.unscrolled
            return (moved, *self._changes.encode(request, state, unscrolled, seconds))
        frame = None if self._without_video else self._frame(request, state, lacking, now)
        changes = self._changes.encode(request, state, lacking, seconds)
        if frame is None:
            return changes
        return (frame, *fitting(changes, state, self.motion.moving, video_bytes(request.rate)))

    def _frame(
        self, request: UpdateRequest, state: ClientState, lacking: Mask, now: float
    ) -> EncodedRectangle | None:
        """A frame of the video, and nothing of it `lacking` any more; None without one."""
        region = self.motion.region
        if not request.preferences.video or region is None or state.since == NOTHING:
            return None
        inside = self.framebuffer.whole_tiles(region)
        if not lacking[inside].any():
            return None
        frame = self._streams.encode(request, state, self.framebuffer, region, now)
        if frame is not None:
            lacking[inside] = False
        return frame

    def _moved(self, request: UpdateRequest, state: ClientState) -> EncodedRectangle | None:
        """A CopyRect of what the viewer already has at another place."""
        scroll, framebuffer = self.framebuffer.scroll, self.framebuffer
        if (
            scroll is None
            or not request.preferences.copy_rect
            or request.anew is not None
            or state.since != framebuffer.sequence - 1
        ):
            return None
        area, source = scroll.area, scroll.source
        lossy = bool(state.lossy[framebuffer.tiles(area.union(source))].any())
        data = copy_rect(area.x, area.y, area.width, area.height, source.x, source.y)
        return EncodedRectangle(area, data, lossy)
