"""What a video encoder is, whichever library does the work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from desktopd.rfb.encoders.pixels import Pixels

MACROBLOCK = 16
"""Side in pixels of the blocks in which H.264 works."""

Constant: TypeAlias = NDArray[np.bool_]


class VideoError(Exception):
    """Video cannot be made; the text names what is missing and the remedy."""


class Profile(Enum):
    """What of H.264 the decoder must know."""

    BASELINE = "baseline"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """What of H.264 a viewer takes.

    `slices`: a picture may be of several, which are encoded and decoded at the same time.
    """

    profile: Profile = Profile.HIGH
    slices: bool = False


PLAIN = VideoFormat()
"""For viewers that tell of H.264 and no more: noVNC takes each slice for a picture."""


class VideoEncoder(Protocol):
    """A stream of pictures of one size, each made from those before."""

    def encode(
        self, pixels: Pixels, quantiser: int, *, key: bool = False, constant: Constant | None = None
    ) -> bytes:
        """The next picture as Annex B. Raises VideoError."""

    def close(self) -> None:
        """Free what the encoder holds."""


def macroblocks(width: int, height: int) -> tuple[int, int]:
    """Rows and columns of macroblocks that cover a picture."""
    return -(-height // MACROBLOCK), -(-width // MACROBLOCK)
