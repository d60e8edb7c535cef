"""Rectangles for what has changed: lossy for photographs where a viewer takes that, else lossless.

Viewers that lack the same tiles and have the same preferences get the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.encoder import EncodedRectangle, Encoders
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.server.client_state import ClientState, UpdateRequest
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.photographs import cover, find_photographs
from desktopd.rfb.server.rectangle_cache import RectangleCache
from desktopd.rfb.server.tiles import TILE, Mask, rectangles

_MOST_SHARED, _MOST_SHARED_BYTES = 64, 16 * 1024 * 1024
# Tiles up to which what is dense is made at once, in 8 ms; all other viewers wait for it.
_FEW = 256


class ChangeEncoder:
    """Encodes tiles of one framebuffer."""

    def __init__(self, framebuffer: Framebuffer, encoders: Encoders, cache: RectangleCache) -> None:
        """`encoders` are those that viewers share."""
        self._framebuffer = framebuffer
        self._encoders = encoders
        self._cache = cache
        self._shared: dict[tuple[object, ...], tuple[EncodedRectangle, ...]] = {}
        self._shared_bytes = 0

    def forget(self) -> None:
        """Share nothing any more: there is another capture."""
        self._shared.clear()
        self._shared_bytes = 0

    def encode(
        self, request: UpdateRequest, state: ClientState, tiles: Mask, seconds: float
    ) -> tuple[EncodedRectangle, ...]:
        """Rectangles that cover `tiles`; lossy ones take about `seconds` of the link at most."""
        few = tiles.sum() <= _FEW
        preferences = request.preferences.on(request.rate) if few else request.preferences
        if not preferences.lossless.shared:
            return self._lossless(self._areas(preferences, tiles), preferences, state)
        level = preferences.quality
        if preferences.lossy:
            pixels = int(tiles.sum()) * TILE * TILE
            level = self._encoders[preferences.lossy].level(level, request.rate * seconds, pixels)
        # A viewer that has all of the last capture but this one lacks only the pixels that differ.
        follows = state.follows(self._framebuffer) and request.anew is None
        key = (state.since, state.held > 0, follows, preferences, level, tiles.tobytes())
        made = self._shared.get(key)
        if made is None:
            made = self._encoded(preferences, state, tiles, level, follows=follows)
            self._share(key, made)
        return made

    def _share(self, key: tuple[object, ...], made: tuple[EncodedRectangle, ...]) -> None:
        size = sum(len(rectangle.data) for rectangle in made)
        full = self._shared_bytes + size > _MOST_SHARED_BYTES
        if full or len(self._shared) >= _MOST_SHARED:
            self.forget()
        if size <= _MOST_SHARED_BYTES:
            self._shared[key] = made
            self._shared_bytes += size

    def _encoded(
        self,
        preferences: EncodingPreferences,
        state: ClientState,
        tiles: Mask,
        level: int,
        *,
        follows: bool,
    ) -> tuple[EncodedRectangle, ...]:
        """See `encode`; lossy rectangles at this level."""
        areas = self._areas(preferences, tiles, follows=follows)
        lossy: tuple[EncodedRectangle, ...] = ()
        if preferences.lossy:
            photographs = find_photographs(self._framebuffer, areas)
            if photographs is not None:
                lossy = self._lossy(photographs, preferences, level)
                areas = self._areas(preferences, tiles & ~photographs, follows=follows)
        return lossy + self._lossless(areas, preferences, state)

    def _areas(
        self, preferences: EncodingPreferences, tiles: Mask, *, follows: bool = False
    ) -> list[Rectangle]:
        """Areas that cover `tiles`; where a viewer `follows`, what of them changed last."""
        areas = rectangles(tiles, self._framebuffer.size, preferences.lossless.largest)
        if not follows:
            return list(areas)
        return [changed for area in areas if (changed := self._framebuffer.last_change(area))]

    def _lossy(
        self, tiles: Mask, preferences: EncodingPreferences, level: int
    ) -> tuple[EncodedRectangle, ...]:
        framebuffer, kind = self._framebuffer, preferences.lossy
        assert kind is not None
        encoder = self._encoders[kind]
        return tuple(
            encoder.encode(area, framebuffer.view(area), preferences.pixel_format, level)
            for area in cover(framebuffer, tiles, kind.largest, preferences.lossless.largest)
        )

    def _lossless(
        self, areas: Iterable[Rectangle], preferences: EncodingPreferences, state: ClientState
    ) -> tuple[EncodedRectangle, ...]:
        return tuple(self._cache.lossless(area, preferences, state.encoders) for area in areas)
