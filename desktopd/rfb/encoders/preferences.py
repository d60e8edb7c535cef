"""How a viewer wants its updates: which encoders SetEncodings and SetPixelFormat amount to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from desktopd.rfb.encoders.encoder import Encoder, VideoEncoder
from desktopd.rfb.encoders.registry import DENSE, FALLBACK, LOSSLESS, LOSSY, VIDEO
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat

# The levels of viewers that ask for none: TigerVNC's defaults, and noVNC's.
QUALITY = 6
COMPRESSION = 2
# Bytes a second of a link on which fewer bytes are there sooner, though they take longer to make:
# what is dense saves a third of a byte of each pixel for 0.13 microseconds of work (webp.py).
_SLOW = 1_000_000.0

E = TypeVar("E", bound=Encoder)


@dataclass(frozen=True, slots=True)
class EncodingPreferences:
    """Encoders and their levels; viewers with the same preferences share every rectangle.

    What must be exact goes through `lossless`, on slow links through `dense` where there is one.
    Until they rest, still pictures of many colours may go through `lossy`, what keeps moving
    through `video` with the `video_options` that the viewer lists, and what has only moved by
    CopyRect. `quality` and `compression` are the levels 0 to 9 of rfbproto.
    """

    lossless: type[Encoder] = FALLBACK
    dense: type[Encoder] | None = None
    lossy: type[Encoder] | None = None
    video: type[VideoEncoder] | None = None
    video_options: frozenset[int] = frozenset()
    copy_rect: bool = False
    quality: int = QUALITY
    compression: int = COMPRESSION
    pixel_format: PixelFormat = NATIVE

    @classmethod
    def of(
        cls,
        encodings: Iterable[int],
        pixel_format: PixelFormat,
        *,
        video: bool = True,
        watching: bool = False,
    ) -> EncodingPreferences:
        """The preferences of a viewer that lists these encodings, the best first.

        What is not exact is for viewers that list a level of quality. `video`: whether it may be
        sent, too. `watching`: no level takes longer than the usual one, since all others wait
        while a picture is made; the highest may take ten times as long.
        """
        listed = tuple(encodings)
        quality = _level(listed, Encoding.JPEG_QUALITY_0, Encoding.JPEG_QUALITY_9)
        compression = _level(listed, Encoding.COMPRESSION_LEVEL_0, Encoding.COMPRESSION_LEVEL_9)
        compression = COMPRESSION if compression is None else compression
        lossless = _first(LOSSLESS, listed, pixel_format) or FALLBACK
        lossy = moving = None
        if quality is not None:
            lossy = _first(LOSSY, _up_to(listed, lossless.encoding), pixel_format)
            moving = _first(VIDEO, listed, pixel_format) if video else None
        return cls(
            lossless,
            _first(DENSE, listed, pixel_format) if Encoding.TIGHT in listed else None,
            lossy,
            moving,
            moving.options.intersection(listed) if moving else frozenset(),
            copy_rect=Encoding.COPYRECT in listed,
            quality=QUALITY if quality is None else quality,
            compression=min(compression, COMPRESSION) if watching else compression,
            pixel_format=pixel_format,
        )

    def on(self, rate: float) -> EncodingPreferences:
        """These on a link of so many bytes a second."""
        return replace(self, lossless=self.dense) if self.dense and rate < _SLOW else self

    @property
    def codec(self) -> str:
        """The encoder of moving pictures, e.g. ``h264``, ``jpeg`` or ``tight``."""
        return (self.video or self.lossy or self.lossless).codec


def _first(
    encoders: Sequence[type[E]], listed: Sequence[int], pixel_format: PixelFormat
) -> type[E] | None:
    """The encoder that a viewer lists before all others which it can decode."""
    accepted = [kind for kind in encoders if kind.encoding in listed and kind.accepts(pixel_format)]
    return min(accepted, key=lambda kind: listed.index(kind.encoding), default=None)


def _up_to(listed: Sequence[int], encoding: Encoding) -> Sequence[int]:
    """What a viewer wants no less than `encoding`; all where that is not listed."""
    return listed[: listed.index(encoding) + 1] if encoding in listed else listed


def _level(listed: Sequence[int], least: int, most: int) -> int | None:
    return next((n - least for n in listed if least <= n <= most), None)
