"""Pictures of half the size, for links that are too thin for pictures of the whole size."""

from __future__ import annotations

import numpy as np

from desktopd.geometry import Size
from desktopd.rfb.encoders.h264.macroblocks import Mask

# A frame that wants a greater quantiser looks better at half the size with as many bytes, and has
# room to become smaller still (PSNR of replay2d and replay3d).
_TOO_COARSE = 41
# With this one at half the size, the whole one fits with about 37.
_FINE_ENOUGH = 27
# So many frames in a row decide, since each change is a key frame.
_FRAMES_TO_HALVE = 5
_FRAMES_TO_RETURN = 45
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


class Halving:
    """Whether the pictures of one stream are halved, by the quantisers that its frames want."""

    def __init__(self) -> None:
        self.halved = False
        self._in_a_row = 0

    def begin(self, budget: float, macroblocks: int) -> None:
        """Choose for the first frame, of which nothing is known but its `budget` in bytes."""
        self.halved = budget < _FEW_BYTES * macroblocks

    def follow(self, wanted: float) -> bool:
        """Note the quantiser at which a frame would fit; whether the size changes with it."""
        other = wanted < _FINE_ENOUGH if self.halved else wanted > _TOO_COARSE
        self._in_a_row = self._in_a_row + 1 if other else 0
        if self._in_a_row < (_FRAMES_TO_RETURN if self.halved else _FRAMES_TO_HALVE):
            return False
        self.halved, self._in_a_row = not self.halved, 0
        return True
