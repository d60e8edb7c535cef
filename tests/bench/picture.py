"""Pictures compared: by a digest that the page computes too, and by how far they are off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.bench import barcode

Pixels = NDArray[np.uint8]

_FACTOR = np.uint32(2654435761)


def back_and_forth(number: int, frames: int) -> int:
    """Which of `frames` pictures a frame number shows: 0, 1, … frames - 1, … 1, 0, …"""
    turn = number % max(1, 2 * frames - 2)
    return turn if turn < frames else 2 * frames - 2 - turn


def digest(picture: Pixels) -> int:
    """32 bits that change with every pixel and its place; `picture` is blue, green, red, ….

    The sum of each pixel, opaque and red first, times an odd number that depends on its place.
    """
    blue, green, red = (picture[..., channel].astype(np.uint32).ravel() for channel in range(3))
    pixels = red | green << np.uint32(8) | blue << np.uint32(16) | np.uint32(0xFF000000)
    weights = np.arange(pixels.size, dtype=np.uint32) * _FACTOR | np.uint32(1)
    return int((pixels * weights).sum(dtype=np.uint32))


def psnr(picture: Pixels, wanted: Pixels, where: NDArray[np.bool_]) -> float:
    """Peak signal to noise in dB of RGB pixels where it matters; 99 when they are the same."""
    error = np.mean((picture[where].astype(np.float64) - wanted[where]) ** 2)
    return 99.0 if error == 0 else float(10 * np.log10(255**2 / error))


def moving(frames: Pixels) -> NDArray[np.bool_]:
    """The pixels that differ between recorded frames, outside of the codes in the corners."""
    changed = np.zeros(frames.shape[1:3], np.bool_)
    for frame in frames[10::10]:
        changed |= (frame[..., :3] != frames[0, ..., :3]).any(-1)
    changed[: barcode.HEIGHT, : barcode.WIDTH] = False
    changed[-barcode.HEIGHT :, -barcode.WIDTH :] = False
    return changed
