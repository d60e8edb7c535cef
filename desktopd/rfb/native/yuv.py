"""Pixels as luma and chroma, by libyuv."""

from __future__ import annotations

import ctypes
from ctypes import c_int, c_void_p
from functools import cache
from typing import Any

import numpy as np

from desktopd.rfb.native.video import Pixels, VideoError

_ALIGNMENT = 64


class I420:
    """A picture of even sides as a plane of luma and two of chroma at half the size."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.planes = (
            _plane(width, height),
            _plane(width // 2, height // 2),
            _plane(width // 2, height // 2),
        )


def _plane(width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.zeros((height, -(-width // _ALIGNMENT) * _ALIGNMENT), np.uint8)


def to_i420(pixels: Pixels, planes: I420) -> None:
    """Convert by BT.601 in full range (JPEG's). Rows of `pixels` must be contiguous."""
    if pixels.shape != (planes.height, planes.width) or pixels.strides[1] != 4:
        raise VideoError(f"pixels of {pixels.shape} do not fit {planes.width}x{planes.height}")
    arguments: list[int] = [pixels.ctypes.data, pixels.strides[0]]
    for plane in planes.planes:
        arguments += [plane.ctypes.data, plane.strides[0]]
    _library().ARGBToJ420(*arguments, planes.width, planes.height)


@cache
def _library() -> Any:
    try:
        library = ctypes.CDLL("libyuv.so.0")
    except OSError:
        raise VideoError("libyuv is not installed: apt-get install libyuv0") from None
    library.ARGBToJ420.argtypes = (*(4 * (c_void_p, c_int)), c_int, c_int)
    return library
