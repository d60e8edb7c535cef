"""Single rectangles of the picture, made once for everybody who wants them so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.pixels import RGB_MASK, Pixels, translate
from desktopd.rfb.encoders.preferences import EncodingPreferences, jpeg_parameters
from desktopd.rfb.encoders.tight import tight_jpeg, tight_lossless
from desktopd.rfb.encoders.zrle import ZrleEncoder
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.server_messages import rectangle
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.regions import TILE, Mask

# One pixel in so many of each row and column is looked at, and more colours than this are a photo.
_SAMPLE = 4
_FEW_COLOURS = 48
# Bytes a pixel of JPEG at each level of quality, until the first picture has told.
_DENSITIES = (0.05, 0.07, 0.09, 0.10, 0.14, 0.19, 0.28, 0.36, 0.48, 1.2)
_TRUST = 0.3
_MOST_KEPT = 512


@dataclass(frozen=True, slots=True)
class EncodedRectangle:
    """One rectangle with its header; `lossy`: the pixels of `area` are only near the real ones."""

    area: Rectangle
    data: bytes
    codec: str
    lossy: bool


class RectangleEncoder:
    """Makes rectangles, and keeps exact ones for as long as their pixels stay the same."""

    def __init__(self) -> None:
        # With the framebuffer's sequence that they were made of.
        self._kept: dict[tuple[Rectangle, EncodingPreferences], tuple[EncodedRectangle, int]] = {}
        self._density = list(_DENSITIES)

    def forget(self) -> None:
        """There is another framebuffer."""
        self._kept.clear()

    def lossless(
        self,
        framebuffer: Framebuffer,
        area: Rectangle,
        preferences: EncodingPreferences,
        zrle: ZrleEncoder,
    ) -> EncodedRectangle:
        """Exactly these pixels; `zrle` is the viewer's own."""
        if preferences.base is Encoding.ZRLE:
            data = zrle.encode(framebuffer.view(area), preferences.pixel_format)
            return EncodedRectangle(
                area, header(area, preferences.base) + data, "lossless", lossy=False
            )
        key = (area, preferences)
        part, sequence = self._kept.get(key, (None, 0))
        if part is None or not _is_fresh(framebuffer, area, sequence):
            pixels = framebuffer.view(area)
            if preferences.base is Encoding.TIGHT:
                data = tight_lossless(pixels, preferences.zlib_level, preferences.pixel_format)
            else:
                data = translate(pixels, preferences.pixel_format).tobytes()
            part = EncodedRectangle(
                area, header(area, preferences.base) + data, "lossless", lossy=False
            )
            self._make_room(framebuffer)
            self._kept[key] = part, framebuffer.sequence
        return part

    def _make_room(self, framebuffer: Framebuffer) -> None:
        if len(self._kept) < _MOST_KEPT:
            return
        self._kept = {
            (area, preferences): (part, sequence)
            for (area, preferences), (part, sequence) in self._kept.items()
            if _is_fresh(framebuffer, area, sequence)
        }
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()

    def jpeg(self, framebuffer: Framebuffer, area: Rectangle, quality: int) -> EncodedRectangle:
        """About these pixels, at a level of quality of 0 to 9."""
        data = tight_jpeg(framebuffer.view(area), *jpeg_parameters(quality))
        seen = len(data) / area.area
        self._density[quality] += _TRUST * (seen - self._density[quality])
        return EncodedRectangle(area, header(area, Encoding.TIGHT) + data, "jpeg", lossy=True)

    def quality(self, wanted: int, budget: float, dirty: Mask) -> int:
        """The best level up to `wanted` at which the tiles of `dirty` should fit into `budget`.

        The coarsest where they do not.
        """
        pixels = int(dirty.sum()) * TILE * TILE
        fitting = (q for q in range(wanted, 0, -1) if pixels * self._density[q] <= budget)
        return next(fitting, 0)


def is_photo(pixels: Pixels, step: int = _SAMPLE) -> bool:
    """Whether there are so many colours that exact rectangles would be large.

    One pixel in `step` of each row and column is looked at.
    """
    sample = pixels[::step, ::step] & RGB_MASK
    return len(np.unique(sample)) > _FEW_COLOURS


def header(area: Rectangle, encoding: Encoding) -> bytes:
    """The 12 bytes before a rectangle's data."""
    return rectangle(area.x, area.y, area.width, area.height, encoding)


def _is_fresh(framebuffer: Framebuffer, area: Rectangle, sequence: int) -> bool:
    """Whether `area` is still as it was in the framebuffer of `sequence`."""
    return not (framebuffer.changed[framebuffer.tiles(area)] > sequence).any()
