"""Pixels as luma and chroma, by libyuv."""

from __future__ import annotations

import ctypes
from ctypes import c_int, c_uint64, c_void_p
from functools import cache
from typing import Any

import numpy as np

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import VideoError
from desktopd.rfb.encoders.pixels import Pixels

_ALIGNMENT = 64
# libyuv's filters: between two pixels on each axis, and the mean of all pixels that become one.
_LINEAR, _BOX = 2, 3


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


def to_i420(pixels: Pixels, planes: I420, area: Rectangle, *, limited: bool = False) -> None:
    """Convert an area with even corners by BT.601, in full range (JPEG's) unless `limited`.

    Rows of `pixels` must be contiguous. Raises VideoError where they do not fit.
    """
    if pixels.shape != (planes.height, planes.width) or pixels.strides[1] != 4:
        raise VideoError(f"pixels of {pixels.shape} do not fit {planes.width}x{planes.height}")
    part = pixels[area.y : area.bottom, area.x : area.right]
    arguments: list[int] = [part.ctypes.data, part.strides[0]]
    for plane, scale in zip(planes.planes, (1, 2, 2), strict=True):
        corner = plane[area.y // scale :, area.x // scale :]
        arguments += [corner.ctypes.data, plane.strides[0]]
    library = _library()
    convert = library.ARGBToI420 if limited else library.ARGBToJ420
    convert(*arguments, area.width, area.height)


def scale(planes: I420, into: I420) -> None:
    """Make a smaller frame of a whole one: each pixel is the mean of those that it covers."""
    arguments: list[int] = []
    for frame in (planes, into):
        for plane in frame.planes:
            arguments += [plane.ctypes.data, plane.strides[0]]
        arguments += [frame.width, frame.height]
    _library().I420Scale(*arguments, _BOX)


def loss(planes: I420, size: Size) -> int:
    """The squared errors of luma, summed, of a frame that is scaled to `size` and back again."""
    library, (luma, *_) = _library(), planes.planes
    small = np.empty((size.height, size.width), np.uint8)
    whole = np.empty((planes.height, planes.width), np.uint8)
    source = (luma.ctypes.data, luma.strides[0], planes.width, planes.height)
    reduced = (small.ctypes.data, size.width, size.width, size.height)
    enlarged = (whole.ctypes.data, planes.width)
    library.ScalePlane(*source, *reduced, _BOX)
    library.ScalePlane(*reduced, *enlarged, planes.width, planes.height, _LINEAR)
    compared = (*source[:2], *enlarged, planes.width, planes.height)
    return int(library.ComputeSumSquareErrorPlane(*compared))


@cache
def _library() -> Any:
    try:
        library = ctypes.CDLL("libyuv.so.0")
    except OSError:
        raise VideoError("libyuv is not installed: apt-get install libyuv0") from None
    for convert in (library.ARGBToJ420, library.ARGBToI420):
        convert.argtypes = (*(4 * (c_void_p, c_int)), c_int, c_int)
    frame = (*(3 * (c_void_p, c_int)), c_int, c_int)
    library.I420Scale.argtypes = (*frame, *frame, c_int)
    plane = (c_void_p, c_int, c_int, c_int)
    library.ScalePlane.argtypes = (*plane, *plane, c_int)
    library.ComputeSumSquareErrorPlane.argtypes = (c_void_p, c_int, *plane)
    library.ComputeSumSquareErrorPlane.restype = c_uint64
    return library
