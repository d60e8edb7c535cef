"""Rate control of H.264: the quantiser at which a frame fits the link, and is not late.

Bytes are counted for each macroblock that changed from the frame before; all others cost nothing.
"""

from __future__ import annotations

import math

COARSEST = 44
"""The greatest quantiser: nobody can look at what is coarser."""
# The least quantiser for each level of quality: a lower one is sharper, takes more bytes and time
# (PSNR against staleness of replay3d@60, lan).
_FINEST = (36, 34, 32, 30, 28, 25, 22, 20, 18, 16)
# Bits a second that a moving picture is worth at _LEVEL, for each pixel and in all; they double in
# two levels. Other servers take 6.2 Mbit/s for a large region; with 13 a pixel a small one may have
# as many, which made replay2d 0.7 dB sharper on lan.
_LEVEL = 6
_BITS_PER_PIXEL = 13.0
_MOST_BITS = 6.2e6
# The steps of the quantiser in which the bytes of a frame halve; a property of H.264.
_HALVES = 6.0
# The weight of the last frame in what a macroblock costs.
_TRUST = 0.5
# The steps by which a frame may be finer than the one before. A frame that is too large is late,
# one too small only less sharp: so the quantiser rises at once and falls slowly (staleness of
# replay2d against its PSNR, slow link).
_FINER = 2
# A frame with less than this part of the usual changes keeps its quantiser: a finer one would
# encode anew what rests, 9 KB for the answer to a click instead of less than one (clickload).
_FEW = 0.5
# The weight of the last frame in the usual number of changes.
_TRUST_CHANGES = 0.1
# How many times the bytes of other frames a key frame has.
_KEY_COST = 2.0
# Bytes of a changed macroblock at the finest quantiser, until frames have told.
_TYPICAL = 40.0
HALVED_STEPS = 9
"""The steps of the quantiser by which the whole size is coarser at the bytes of half of it.

At the same quantiser half the size has 0.35 of the bytes (replay2d and replay3d, 0.27 to 0.42).
"""


def most_bytes(level: int, pixels: int, seconds: float) -> float:
    """The bytes that `seconds` of moving pixels are worth at a level of quality, 0 to 9."""
    bits = min(_MOST_BITS, _BITS_PER_PIXEL * pixels)
    return float(bits / 8 * 2 ** ((level - _LEVEL) / 2)) * seconds


class RateControl:
    """Learns from the frames of one stream what the next one will cost."""

    def __init__(self) -> None:
        self._quantiser = 0
        # Macroblocks that change from one frame to the next; 0 before the first.
        self._usual_changes = 0.0
        # Bytes that a changed macroblock would have at quantiser 0; None before the first.
        self._complexity: float | None = None

    @property
    def quantiser(self) -> int:
        """That of the last frame."""
        return self._quantiser

    def usual(self, changed: int) -> bool:
        """Whether a frame with so many changes is a measure for others."""
        return self._share(changed) > _FEW

    def resized(self, *, halved: bool) -> None:
        """Expect frames of half the size from now on, or of the whole size again."""
        if self._complexity is not None:
            steps = -HALVED_STEPS if halved else HALVED_STEPS
            self._complexity *= 2 ** (steps / _HALVES)
            self._quantiser += steps

    def choose(self, level: int, budget: float, changed: int, *, key: bool, finer: int = 0) -> int:
        """The quantiser at which a frame of `changed` macroblocks should fit into `budget` bytes.

        Not finer than `level` of quality, 0 to 9, asks for, by `finer` at most, nor than the frame
        before allows.
        """
        finest = _FINEST[level] - finer
        if self._complexity is None:
            self._complexity = _TYPICAL * 2 ** (finest / _HALVES)
        moving = float(changed) * (_KEY_COST if key else 1)
        wanted = self._fitting(budget, moving)
        allowed = self._quantiser - (_FINER if self.usual(changed) else 0)
        self._quantiser = min(COARSEST, max(finest, allowed, math.ceil(wanted)))
        return self._quantiser

    def _fitting(self, budget: float, changed: float) -> float:
        assert self._complexity is not None
        return _HALVES * math.log2(max(1.0, self._complexity * changed / max(budget, 1.0)))

    def learn(self, size: int, changed: int) -> None:
        """A frame at the last quantiser chosen, not a key frame, came to `size` bytes."""
        assert self._complexity is not None, "`choose` comes before `learn`"
        share = self._share(changed)
        seen = size / changed * 2 ** (self._quantiser / _HALVES)
        self._complexity += _TRUST * share * (seen - self._complexity)
        usual = self._usual_changes or float(changed)
        self._usual_changes = usual + _TRUST_CHANGES * (changed - usual)

    def _share(self, changed: int) -> float:
        """The part of the usual changes that a frame has."""
        return min(1.0, changed / (self._usual_changes or changed))
