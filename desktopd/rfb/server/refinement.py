"""Refinement: lossless rectangles for what is lossy and has come to rest."""

from __future__ import annotations

import time

from desktopd.rfb.encoders.encoder import EncodedRectangle
from desktopd.rfb.server.client_state import NOTHING, ClientState, UpdateRequest
from desktopd.rfb.server.draft_picture import DraftPicture, Phase
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.motion import Motion
from desktopd.rfb.server.rectangle_cache import RectangleCache
from desktopd.rfb.server.tiles import TILE, Mask, rectangles

# Seconds without a change after which a tile rests. Less of it refines what moves again at once
# (bytes of napari-live), more of it comes on top of "exact after".
REST = 0.12
# The same of a draft, which is soon followed by another picture, and of that.
_DRAFT_REST = 3.0
_FINAL_REST = 0.008
# Bytes of a pixel that is exact, of a volume, and seconds of the link's time up to which the final
# picture is exact at once: a coarse one before it takes longer than it is seen.
_PIXEL = 0.65
_AT_ONCE = 0.15
# Seconds of work, and of the link's time, for one update that only refines: what changes meanwhile
# waits for it (click while a volume becomes exact, slow link), and less of it is more updates.
_WORK = 0.012
_LINK_TIME = 0.04
# The part of both that is left to it beside what moves.
BESIDE = 0.2


class Refinement:
    """Makes viewers of one framebuffer exact, as much as is soon made and soon sent."""

    def __init__(
        self,
        framebuffer: Framebuffer,
        motion: Motion,
        cache: RectangleCache,
        draft: DraftPicture,
    ) -> None:
        self._framebuffer = framebuffer
        self._motion = motion
        self._cache = cache
        self._draft = draft

    def encode(
        self, request: UpdateRequest, state: ClientState, now: float, share: float, rest: float
    ) -> list[EncodedRectangle]:
        """Some of what is lossy and has not changed for `rest` seconds.

        `share` is the part of its time that it may take.
        """
        resting = self._resting(now, rest) & state.lossy
        made: list[EncodedRectangle] = []
        size, began = 0, time.monotonic()
        budget = request.rate * _LINK_TIME * share
        preferences = request.preferences.on(request.rate)
        largest = preferences.lossless.largest
        for area in rectangles(resting, self._framebuffer.size, largest) if resting.any() else ():
            rectangle = self._cache.lossless(area, preferences, state.encoders)
            made.append(rectangle)
            size += len(rectangle.data)
            if size > budget or time.monotonic() - began > _WORK * share:
                break
        state.refine_at = now + size / request.rate / BESIDE
        return made

    def rest(self, now: float) -> float:
        """Seconds without a change after which a tile rests."""
        match self._draft.phase(now):
            case Phase.DRAFT | Phase.AWAITED:
                return _DRAFT_REST
            case Phase.FINAL:
                return _FINAL_REST
            case Phase.NO_DRAFT:
                return REST

    def at_once(self, request: UpdateRequest, state: ClientState, lacking: Mask) -> bool:
        """Whether what a viewer is `lacking` is the final picture, and its link takes that soon."""
        preferences = request.preferences
        return (
            self._draft.finished
            and bool(preferences.lossy or preferences.video)
            and state.since != NOTHING
            and request.anew is None
            and int(lacking.sum()) * TILE * TILE * _PIXEL < request.rate * _AT_ONCE
        )

    def _resting(self, now: float, rest: float) -> Mask:
        """Tiles that have not changed for `rest` seconds, the moving region as a whole."""
        resting: Mask = now - self._framebuffer.changed_at >= rest
        region = self._motion.region
        if region is not None:
            tiles = self._framebuffer.tiles(region)
            if not resting[tiles].all():
                resting[tiles] = False
        return resting
