"""Rectangles for what has changed: lossy for photographs where a viewer takes that, else lossless.

Viewers that lack the same tiles and have the same preferences get the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.encoder import EncodedRectangle, Encoders
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.server.client_state import (
    ClientState,
    PlannedRectangle,
    Remainder,
    UpdateRequest,
)
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.photographs import cover, find_photographs
from desktopd.rfb.server.rectangle_cache import RectangleCache
from desktopd.rfb.server.tiles import TILE, Mask, rectangles

Made = tuple[tuple[EncodedRectangle, ...], Remainder | None]

_MOST_SHARED = 64
_MOST_SHARED_BYTES = 16 * 1024 * 1024
# Tiles up to which what is dense is made at once, in 8 ms; all other viewers wait for it.
_FEW = 256


class ChangeEncoder:
    """Encodes tiles of one framebuffer."""

    def __init__(self, framebuffer: Framebuffer, encoders: Encoders, cache: RectangleCache) -> None:
        """`encoders` are those that viewers share."""
        self._framebuffer = framebuffer
        self._encoders = encoders
        self._cache = cache
        self._shared: dict[tuple[object, ...], Made] = {}
        self._shared_size = 0

    def forget(self) -> None:
        """Share nothing any more: there is another capture."""
        self._shared.clear()
        self._shared_size = 0

    def encode(
        self, request: UpdateRequest, state: ClientState, tiles: Mask, seconds: float
    ) -> Made:
        """Rectangles that cover `tiles`; lossy ones take about `seconds` of the link at most.

        What is left once there is a part of them has to `go_on`.
        """
        most = request.part
        few = tiles.sum() <= _FEW
        preferences = request.preferences.on(request.rate) if few else request.preferences
        if not preferences.lossless.shared:
            areas = self._areas(preferences, tiles)
            return self._made(Remainder(_lossless(areas, preferences), preferences), state, most)
        level = preferences.quality
        if preferences.lossy:
            pixels = int(tiles.sum()) * TILE * TILE
            level = self._encoders[preferences.lossy].level(level, request.rate * seconds, pixels)
        key = (state.since, state.held > 0, preferences, level, most, tiles.tobytes())

        def plan() -> Remainder:
            # A viewer that has all of the last capture but this one lacks only the pixels that
            # differ.
            follows = state.follows(self._framebuffer) and request.anew is None
            return Remainder(self._planned(preferences, tiles, level, follows=follows), preferences)

        return self._kept(key, lambda: self._made(plan(), state, most))

    def go_on(self, remainder: Remainder, state: ClientState, most: int) -> Made:
        """About `most` bytes of what is left, as it looks by now: black where it is gone."""
        if not remainder.preferences.lossless.shared:
            return self._made(remainder, state, most)
        key = (state.framebuffer, remainder)
        return self._kept(key, lambda: self._made(remainder, state, most))

    def _kept(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """What has been made for another viewer, or what is made now."""
        made = self._shared.get(key)
        if made is None:
            made = make()
            size = sum(len(rectangle.data) for rectangle in made[0])
            full = self._shared_size + size > _MOST_SHARED_BYTES
            if full or len(self._shared) >= _MOST_SHARED:
                self.forget()
            self._shared[key] = made
            self._shared_size += size
        return made

    def _made(self, left: Remainder, state: ClientState, most: int) -> Made:
        """The first of these rectangles, and what is left of them; None for nothing."""
        made, size = list[EncodedRectangle](), 0
        for planned in left.planned:
            if size >= most:
                break
            made.append(self._rectangle(planned, left.preferences, state))
            size += len(made[-1].data)
        rest = left.planned[len(made) :]
        return tuple(made), Remainder(rest, left.preferences) if rest else None

    def _rectangle(
        self, planned: PlannedRectangle, preferences: EncodingPreferences, state: ClientState
    ) -> EncodedRectangle:
        area, kind, framebuffer = planned.area, planned.kind, state.framebuffer
        current = framebuffer is self._framebuffer
        if current and not kind.lossy:
            return self._cache.lossless(area, preferences, state.encoders)
        encoder = (self._encoders if current else state.encoders)[kind]
        pixel_format, level = preferences.pixel_format, planned.level

        def make() -> Made:
            return (encoder.encode(area, framebuffer.view(area), pixel_format, level),), None

        ((rectangle,), _) = self._kept((framebuffer, planned, pixel_format), make)
        return rectangle

    def _planned(
        self, preferences: EncodingPreferences, tiles: Mask, level: int, *, follows: bool
    ) -> tuple[PlannedRectangle, ...]:
        """See `encode`; lossy rectangles at this level."""
        areas = self._areas(preferences, tiles, follows=follows)
        lossy: tuple[PlannedRectangle, ...] = ()
        if kind := preferences.lossy:
            photographs = find_photographs(self._framebuffer, areas)
            if photographs is not None:
                covered = cover(
                    self._framebuffer, photographs, kind.largest, preferences.lossless.largest
                )
                lossy = tuple(PlannedRectangle(area, kind, level) for area in covered)
                areas = self._areas(preferences, tiles & ~photographs, follows=follows)
        return lossy + _lossless(areas, preferences)

    def _areas(
        self, preferences: EncodingPreferences, tiles: Mask, *, follows: bool = False
    ) -> list[Rectangle]:
        """Areas that cover `tiles`; where a viewer `follows`, what of them changed last."""
        areas = rectangles(tiles, self._framebuffer.size, preferences.lossless.largest)
        if not follows:
            return list(areas)
        return [changed for area in areas if (changed := self._framebuffer.last_change(area))]


def _lossless(
    areas: Iterable[Rectangle], preferences: EncodingPreferences
) -> tuple[PlannedRectangle, ...]:
    kind, level = preferences.lossless, preferences.compression
    return tuple(PlannedRectangle(area, kind, level) for area in areas)
