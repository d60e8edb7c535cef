"""Pixels as luma and chroma, by libyuv."""

from __future__ import annotations

import ctypes
from ctypes import c_int, c_void_p
from functools import cache
from typing import Any

import numpy as np

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.encoder import VideoError
from desktopd.rfb.encoders.pixels import Pixels

_ALIGNMENT = 64
# libyuv's filter that averages all pixels that become one.
_BOX = 3


class I420:
    """A frame of even sides as a plane of luma and two of chroma at half the size."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.planes = (
            _plane(width, height),
            _plane(width // 2, height // 2),
            _plane(width // 2, height // 2),
        )


def _plane(width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.zeros((height, -(-width // _ALIGNMENT) * _ALIGNMENT), np.uint8)


def to_i420(pixels: Pixels, planes: I420, area: Rectangle) -> None:
    """Convert an area with even corners by BT.601 in full range (JPEG's).

    Rows of `pixels` must be contiguous. Raises VideoError where they do not fit.
    """
    if pixels.shape != (planes.height, planes.width) or pixels.strides[1] != 4:
        raise VideoError(f"pixels of {pixels.shape} do not fit {planes.width}x{planes.height}")
    part = pixels[area.y : area.bottom, area.x : area.right]
    arguments: list[int] = [part.ctypes.data, part.strides[0]]
    for plane, scale in zip(planes.planes, (1, 2, 2), strict=True):
        corner = plane[area.y // scale :, area.x // scale :]
        arguments += [corner.ctypes.data, plane.strides[0]]
    _library().ARGBToJ420(*arguments, area.width, area.height)


def scale(planes: I420, into: I420) -> None:
    """Make a smaller frame of a whole one: each pixel is the mean of those that it covers."""
    arguments: list[int] = []
    for frame in (planes, into):
        for plane in frame.planes:
            arguments += [plane.ctypes.data, plane.strides[0]]
        arguments += [frame.width, frame.height]
    _library().I420Scale(*arguments, _BOX)


@cache
def _library() -> Any:
    try:
        library = ctypes.CDLL("libyuv.so.0")
    except OSError:
        raise VideoError("libyuv is not installed: apt-get install libyuv0") from None
    library.ARGBToJ420.argtypes = (*(4 * (c_void_p, c_int)), c_int, c_int)
    frame = (*(3 * (c_void_p, c_int)), c_int, c_int)
    library.I420Scale.argtypes = (*frame, *frame, c_int)
    return library
