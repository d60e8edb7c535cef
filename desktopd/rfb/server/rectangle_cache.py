"""Lossless rectangles, kept for as long as their pixels stay the same."""

from __future__ import annotations

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.encoder import Cost, EncodedRectangle, Encoders
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.server.framebuffer import Framebuffer

# A screen of 3840x2160 in rectangles of 256x64 has 510. Fewer are made again for viewers that come
# to the same rectangle at another time (replay2d with 30 viewers, CPU), more take memory.
_MOST_KEPT = 512


class RectangleCache:
    """The lossless rectangles of one framebuffer, made once for all viewers that can share them."""

    def __init__(self, framebuffer: Framebuffer, encoders: Encoders) -> None:
        """`encoders` are those that viewers share."""
        self._framebuffer = framebuffer
        self._encoders = encoders
        # With the framebuffer's sequence that they were made of.
        self._kept: dict[tuple[Rectangle, EncodingPreferences], tuple[EncodedRectangle, int]] = {}

    def lossless(
        self, area: Rectangle, preferences: EncodingPreferences, own: Encoders
    ) -> EncodedRectangle:
        """Exactly the pixels of `area`; `own` are the viewer's encoders of those not shared."""
        kind = preferences.lossless
        if not kind.shared:
            return self._encoded(area, preferences, own)
        if kind.cost is Cost.COPY:
            return self._encoded(area, preferences, self._encoders)
        key = (area, preferences)
        found, sequence = self._kept.get(key, (None, 0))
        if found is None or not self._is_fresh(area, sequence):
            found = self._encoded(area, preferences, self._encoders)
            self._make_room()
            self._kept[key] = found, self._framebuffer.sequence
        return found

    def _encoded(
        self, area: Rectangle, preferences: EncodingPreferences, encoders: Encoders
    ) -> EncodedRectangle:
        pixels = self._framebuffer.view(area)
        encoder = encoders[preferences.lossless]
        return encoder.encode(area, pixels, preferences.pixel_format, preferences.compression)

    def _make_room(self) -> None:
        if len(self._kept) < _MOST_KEPT:
            return
        self._kept = {
            key: kept for key, kept in self._kept.items() if self._is_fresh(key[0], kept[1])
        }
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()

    def _is_fresh(self, area: Rectangle, sequence: int) -> bool:
        """Whether `area` is still as it was in the framebuffer of `sequence`."""
        framebuffer = self._framebuffer
        return not (framebuffer.changed[framebuffer.tiles(area)] > sequence).any()
