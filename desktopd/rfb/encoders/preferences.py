"""How a viewer wants its picture: what SetPixelFormat and SetEncodings amount to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktopd.rfb.encoders.h264.video import Profile, VideoFormat
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat

QUALITY = 6
COMPRESSION = 2
# What TigerVNC makes of the ten levels: libjpeg's quality and the subsampling of the colours.
_JPEG = (
    (15, "420"),
    (29, "420"),
    (41, "420"),
    (42, "422"),
    (62, "422"),
    (77, "422"),
    (79, "444"),
    (86, "444"),
    (92, "444"),
    (100, "444"),
)
# The least quantiser of H.264 for each level.
_FINEST = (36, 34, 32, 30, 28, 25, 22, 20, 18, 16)
# Bits a second that a moving picture may have at the level QUALITY, for each pixel and in all; they
# double in two levels.
_BITS_PER_PIXEL = 13.0
_BITS = 6.2e6


@dataclass(frozen=True, slots=True)
class EncodingPreferences:
    """What the same bytes can be sent to: viewers of one style share every rectangle.

    `base` is the encoding for what must be exact; `jpeg` and `video` tell whether pictures may be
    sent that are not, until they rest, and `copies` whether what has moved may go by CopyRect.
    `quality` and `compression` are the levels 0 to 9 of rfbproto.
    """

    base: Encoding = Encoding.RAW
    jpeg: bool = False
    video: VideoFormat | None = None
    copies: bool = False
    quality: int = QUALITY
    compression: int = COMPRESSION
    pixel_format: PixelFormat = NATIVE

    @classmethod
    def of(cls, encodings: Iterable[int], pixel_format: PixelFormat) -> EncodingPreferences:
        """The style for a viewer that takes these encodings, in the order of its preference."""
        wanted = tuple(encodings)
        base = next((Encoding(n) for n in wanted if n in _BASES), Encoding.RAW)
        quality = _level(wanted, Encoding.JPEG_QUALITY_0, Encoding.JPEG_QUALITY_9)
        compression = _level(wanted, Encoding.COMPRESSION_LEVEL_0, Encoding.COMPRESSION_LEVEL_9)
        coloured = pixel_format.true_colour and pixel_format.bits_per_pixel >= 16
        return cls(
            base,
            jpeg=base is Encoding.TIGHT and quality is not None and coloured,
            video=_video(wanted) if quality is not None else None,
            copies=Encoding.COPYRECT in wanted,
            quality=QUALITY if quality is None else quality,
            compression=COMPRESSION if compression is None else compression,
            pixel_format=pixel_format,
        )

    @property
    def shared(self) -> bool:
        """Whether a rectangle can serve several viewers: ZRLE goes on with what it sent before."""
        return self.base is not Encoding.ZRLE

    @property
    def codec(self) -> str:
        """What moving pictures are sent as, e.g. ``h264``, ``jpeg`` or ``tight``."""
        if self.video:
            return "h264"
        return "jpeg" if self.jpeg else self.base.name.lower()

    @property
    def finest_quantiser(self) -> int:
        """The least quantiser of H.264 that its quality asks for."""
        return _FINEST[self.quality]

    def most_video(self, pixels: int) -> float:
        """Bytes a second for a moving picture of so many pixels, however fast the link is."""
        bits = min(_BITS, _BITS_PER_PIXEL * pixels)
        return float(bits / 8 * 2 ** ((self.quality - QUALITY) / 2))

    @property
    def zlib_level(self) -> int:
        """1 to 9."""
        return max(1, self.compression)


def _video(wanted: tuple[int, ...]) -> VideoFormat | None:
    if Encoding.H264 not in wanted:
        return None
    profile = Profile.BASELINE if Encoding.BASELINE_ONLY in wanted else Profile.HIGH
    return VideoFormat(profile, slices=Encoding.SLICES in wanted)


_BASES = frozenset({Encoding.TIGHT, Encoding.ZRLE, Encoding.RAW})


def jpeg_parameters(quality: int) -> tuple[int, str]:
    """What libjpeg is asked for at a level of 0 to 9: quality 1 to 100, and subsampling."""
    return _JPEG[quality]


def _level(wanted: tuple[int, ...], least: int, most: int) -> int | None:
    return next((n - least for n in wanted if least <= n <= most), None)
