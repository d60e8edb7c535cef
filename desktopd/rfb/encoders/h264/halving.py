"""Pictures of half the size: where the whole size would be so coarse that these look better.

On thin links that is everything, on others what is smooth, such as a volume that is being turned.
"""

from __future__ import annotations

import numpy as np

from desktopd.geometry import Size
from desktopd.rfb.encoders.h264.macroblocks import Mask
from desktopd.rfb.encoders.h264.rate_control import COARSEST, HALVED_STEPS

# Halving pays where what it loses is less than a part of what the quantiser loses. That grows by
# less than the square of its step, as what is smaller than a step is lost once (both sizes have the
# same PSNR in replay2d at 5.5 KB a frame, and in replay3d at 24 KB).
_WORTH, _POWER = 0.103, 1.68
# It has to be so many times as much before a halved stream returns to the whole size.
_STICKY = 1.25
# By which quantisers may be finer at half the size, whose pixels are four of the screen.
FINER = 5
# Frames from one look at the loss to the next, and from one change to another: each is a key frame.
_LOOK = 16
_REST = 48
# Bytes for each macroblock of the first frame, below which it is not tried at the whole size.
_FEW_BYTES = 2.2


def half(size: Size) -> Size:
    """The size of a halved picture: even sides, half of `size` rounded up."""
    return Size(-(-size.width // 4) * 2, -(-size.height // 4) * 2)


def half_mask(mask: Mask, size: Size) -> Mask:
    """The macroblocks of a halved picture that show any of `mask`, a mask of a frame of `size`.

    All of them where pixels are not halved two by two, but a little shifted.
    """
    rows, columns = (side + side % 2 for side in mask.shape)
    even = np.zeros((rows, columns), np.bool_)
    even[: mask.shape[0], : mask.shape[1]] = mask
    if size.width % 4 or size.height % 4:
        even[:] = mask.any()
    return np.asarray(even.reshape(rows // 2, 2, columns // 2, 2).any(axis=(1, 3)))


def _step(quantiser: float) -> float:
    """The distance of two levels of a coefficient, ITU-T H.264 section 8.5.9."""
    return float(0.625 * 2 ** (quantiser / 6))


class Halving:
    """Whether the pictures of one stream are halved."""

    def __init__(self) -> None:
        self.halved = False
        self._frames = 0
        self._changed_at = -_REST

    def begin(self, budget: float, macroblocks: int) -> None:
        """Choose for the first frame, of which nothing is known but its `budget` in bytes."""
        self.halved = budget < _FEW_BYTES * macroblocks

    def due(self) -> bool:
        """Whether to look, before the next frame, at what halving loses."""
        self._frames += 1
        looks = self._frames % _LOOK == 1
        return looks and self._frames - self._changed_at >= _REST

    def follow(self, quantiser: int, loss: float) -> bool:
        """Note the quantiser of the last frame, and what it loses at half the size besides.

        At the coarsest quantiser the whole size has no room left. The `loss` is the squared error
        of a pixel that changed. Returns whether the size changes.
        """
        equal = quantiser + HALVED_STEPS if self.halved else quantiser
        worth = _WORTH * _step(equal) ** _POWER
        if self.halved:
            change = loss > _STICKY * worth and equal < COARSEST
        else:
            change = loss < worth or quantiser >= COARSEST
        if change:
            self.halved, self._changed_at = not self.halved, self._frames
            return True
        return False
