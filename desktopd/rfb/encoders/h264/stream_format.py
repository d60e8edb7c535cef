"""What of H.264 a viewer's decoder takes, as its pseudo-encodings tell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Self

from desktopd.rfb.protocol.encodings import Encoding

OPTIONS = frozenset({Encoding.BASELINE_ONLY, Encoding.SLICES, Encoding.HALVED})


class Profile(Enum):
    """The profiles of H.264 that are made here, by libx264's names."""

    BASELINE = "baseline"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """A profile, whether a frame may be of several slices, and of half the size of its rectangle.

    Slices are encoded and decoded at the same time; noVNC takes each for a frame of its own, and
    draws a smaller picture as it is.
    """

    profile: Profile = Profile.HIGH
    slices: bool = False
    halved: bool = False

    @classmethod
    def of(cls, options: Collection[int]) -> Self:
        """What a decoder takes whose viewer lists these of OPTIONS."""
        profile = Profile.BASELINE if Encoding.BASELINE_ONLY in options else Profile.HIGH
        return cls(profile, slices=Encoding.SLICES in options, halved=Encoding.HALVED in options)


PLAIN = StreamFormat()
"""For viewers that list H.264 and none of OPTIONS."""
