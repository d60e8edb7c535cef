"""Refinement: lossless rectangles for what is lossy and has come to rest."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from desktopd.rfb.encoders.encoder import EncodedRectangle
from desktopd.rfb.server.client_state import ClientState, UpdateRequest
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.motion import Motion
from desktopd.rfb.server.rectangle_cache import RectangleCache
from desktopd.rfb.server.tiles import Mask, rectangles

# Seconds without a change after which a tile rests. Less of it refines what moves again at once
# (bytes of napari-live), more of it comes on top of "exact after".
REST = 0.12
# The same of a draft, which is soon followed by another picture, and of that, for so long.
_DRAFT_REST = 3.0
_FINAL_REST = 0.008
_FINAL = 1.0
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
        is_draft: Callable[[], bool],
    ) -> None:
        """`is_draft` tells whether the application draws a finer picture when it rests."""
        self._framebuffer = framebuffer
        self._motion = motion
        self._cache = cache
        self._is_draft = is_draft
        self._drafted_at = -math.inf

    def encode(
        self, request: UpdateRequest, state: ClientState, now: float, share: float
    ) -> list[EncodedRectangle]:
        """Some of what is lossy and rests; `share` is the part of its time that it may take."""
        resting = self._resting(now) & state.lossy
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
        if self._is_draft():
            self._drafted_at = now
            return _DRAFT_REST
        return _FINAL_REST if now - self._drafted_at < _FINAL else REST

    def _resting(self, now: float) -> Mask:
        """Tiles that have not changed for a while, the moving region as a whole."""
        resting: Mask = now - self._framebuffer.changed_at > self.rest(now)
        region = self._motion.region
        if region is not None:
            tiles = self._framebuffer.tiles(region)
            if not resting[tiles].all():
                resting[tiles] = False
        return resting
