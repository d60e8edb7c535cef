"""The blocks of 16x16 pixels in which H.264 works, and masks of them."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from desktopd.geometry import Rectangle, Size

MACROBLOCK = 16
"""Side in pixels."""

Mask: TypeAlias = NDArray[np.bool_]
"""One truth a macroblock, shape (rows, columns); those at the edges may reach beyond the frame."""


def mask_shape(size: Size) -> tuple[int, int]:
    """Rows and columns of macroblocks that cover a frame."""
    return -(-size.height // MACROBLOCK), -(-size.width // MACROBLOCK)


def covered(rows: slice, columns: slice, size: Size) -> Rectangle:
    """The pixels of some macroblocks, as far as they are in a frame of `size`."""
    x, y = columns.start * MACROBLOCK, rows.start * MACROBLOCK
    right = min(columns.stop * MACROBLOCK, size.width)
    bottom = min(rows.stop * MACROBLOCK, size.height)
    return Rectangle(x, y, right - x, bottom - y)


def bounds(mask: Mask, size: Size) -> Rectangle | None:
    """The smallest rectangle around the macroblocks of `mask`, in pixels; None around none."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    return covered(
        slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1), size
    )
