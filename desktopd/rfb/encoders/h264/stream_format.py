"""What of H.264 a viewer's decoder takes, as its pseudo-encodings tell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Self

from desktopd.rfb.protocol.encodings import Encoding

OPTIONS = frozenset(
    {Encoding.BASELINE_ONLY, Encoding.SLICES, Encoding.HALVED, Encoding.LIMITED_RANGE}
)


class Profile(Enum):
    """The profiles of H.264 that are made here, by libx264's names."""

    BASELINE = "baseline"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """A profile, and what else a decoder takes or needs.

    `slices`: a frame may be of several, which are encoded and decoded at the same time; noVNC takes
    each for a frame of its own. `halved`: it may have half the size of its rectangle. `limited`:
    luma from 16 to 235 and chroma to 240, since Firefox shows any stream as such a one.
    """

    profile: Profile = Profile.HIGH
    slices: bool = False
    halved: bool = False
    limited: bool = False

    @classmethod
    def of(cls, options: Collection[int]) -> Self:
        """What a decoder takes whose viewer lists these of OPTIONS."""
        profile = Profile.BASELINE if Encoding.BASELINE_ONLY in options else Profile.HIGH
        return cls(
            profile,
            slices=Encoding.SLICES in options,
            halved=Encoding.HALVED in options,
            limited=Encoding.LIMITED_RANGE in options,
        )


PLAIN = StreamFormat()
"""For viewers that list H.264 and none of OPTIONS."""
