"""The interface of an encoding: what it takes, what it returns, and what a choice must know of it.

An encoding is a file beside this one and a line in `registry.py`. An encoder knows pixels and
rectangles; framebuffers, viewers and links belong to the server.

Tested by tests/unit/rfb/encoders/test_registry.py, which asks every encoder of the table.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.pixels import Pixels
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import PixelFormat
from desktopd.rfb.protocol.rectangles import rectangle_header


class VideoError(Exception):
    """Video cannot be made; the text names what is missing and the remedy."""


class Cost(Enum):
    """The processor's time for a lossless rectangle."""

    COPY = auto()
    """That of copying its pixels: it is made again whenever somebody needs it."""
    COMPRESSION = auto()
    """Twenty times that and more: it is kept for as long as its pixels stay the same."""


@dataclass(frozen=True, slots=True)
class EncodedRectangle:
    """One rectangle of a FramebufferUpdate, header and data (RFC 6143 section 7.6.1).

    `lossy`: what a viewer decodes is near the pixels of `area`, and not equal to them.
    """

    area: Rectangle
    data: bytes
    lossy: bool


class Encoder(ABC):
    """Makes the rectangles of one encoding; the class attributes tell when to choose it."""

    encoding: ClassVar[Encoding]
    """The number in the header of its rectangles, by which SetEncodings asks for it."""
    codec: ClassVar[str]
    """Its name in what a session tells of its viewers, e.g. ``tight``."""
    lossy: ClassVar[bool] = False
    shared: ClassVar[bool] = True
    """Whether a rectangle can go to any viewer at any time.

    Where it cannot, each viewer needs an encoder of its own and all that this makes, in order.
    """
    dense: ClassVar[bool] = False
    """Whether it is lossless and so much work that only a slow link is worth it.

    Its viewers list Tight too, of which some of its rectangles may be.
    """
    cost: ClassVar[Cost] = Cost.COMPRESSION
    largest: ClassVar[Size] = Size(256, 64)
    """Of an area, in pixels; the caller splits larger ones.

    A rectangle of the usual size is made in about a millisecond, and most such parts of a user
    interface have so few colours that a palette holds them.
    """

    @classmethod
    def accepts(cls, pixel_format: PixelFormat) -> bool:
        """Whether a viewer with this pixel format can decode it."""
        return True

    def level(self, wanted: int, budget: float, pixels: int) -> int:
        """The best level up to `wanted` at which so many pixels should fit into `budget` bytes.

        The coarsest where none does. What is lossless has only the level that is wanted.
        """
        return wanted

    @abstractmethod
    def encode(
        self, area: Rectangle, pixels: Pixels, pixel_format: PixelFormat, level: int
    ) -> EncodedRectangle:
        """One rectangle of the `pixels` of `area`, for viewers with this pixel format.

        `level` is 0 to 9 of rfbproto: of quality where the encoding is lossy, else of compression.
        """

    def rectangle(self, area: Rectangle, *data: bytes) -> EncodedRectangle:
        """The parts of `data` behind the header that belongs ahead of them."""
        header = rectangle_header(area.x, area.y, area.width, area.height, self.encoding)
        return EncodedRectangle(area, b"".join((header, *data)), self.lossy)


class VideoEncoder(Encoder):
    """Makes the frames of one area, each from the one before.

    Viewers can share its frames from a key frame on, the first or one that was asked for.
    """

    lossy = True
    options: ClassVar[frozenset[Encoding]] = frozenset()
    """Pseudo-encodings by which a viewer tells what of the encoding it decodes."""

    @abstractmethod
    def __init__(self, size: Size, options: frozenset[int] = frozenset(), *, fast: bool = False):
        """`size` has even sides; `options` are those that the viewers list.

        `fast` saves time at the cost of bytes. Raises VideoError.
        """

    @classmethod
    @abstractmethod
    def check(cls) -> None:
        """Raise VideoError where this machine cannot make any."""

    @classmethod
    @abstractmethod
    def most_bytes(cls, level: int, pixels: int, seconds: float) -> float:
        """The bytes that `seconds` of moving pixels are worth, however fast the link is."""

    @abstractmethod
    def encode(
        self,
        area: Rectangle,
        pixels: Pixels,
        pixel_format: PixelFormat,
        level: int,
        *,
        budget: float = math.inf,
        changed: NDArray[np.bool_] | None = None,
        key: bool = False,
    ) -> EncodedRectangle:
        """The next frame, as fine as `level` at most and of about `budget` bytes at most.

        `changed` tells which tiles of 16x16 pixels differ from the frame before; None: any may.
        With `key` viewers can begin with this frame, and `changed` does not count. Raises
        VideoError.
        """

    @abstractmethod
    def close(self) -> None:
        """Free what the encoder holds; it makes no frames any more."""


class Encoders(dict[type[Encoder], Encoder]):
    """One encoder of each type, made when it is first asked for."""

    def __missing__(self, kind: type[Encoder]) -> Encoder:
        self[kind] = made = kind()
        return made
