"""Grey of more than 8 bits, as cameras of microscopes write it, as what PNG can hold.

Tested by tests/unit/x11/selections/test_images.py.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from typing import cast

from PIL import Image

DEEP = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")
"""The modes of Pillow that hold it."""
_MOST = 65535
_PIECE = 1 << 18
"""Numbers that are looked at in one go: a Python float takes eight times the bytes of one."""


def grey(picture: Image.Image) -> Image.Image:
    """Numbers of any type as 16 bits of grey: whole ones as they are if they fit, or all scaled.

    Raises ValueError where none of them is finite.
    """
    numbers = _finite(picture.convert("F"))
    low, high = cast("tuple[float, float]", numbers.getextrema())
    if picture.mode == "F" or low < 0 or high > _MOST:
        scale = _MOST / (high - low) if high > low else 0.0
        numbers = numbers.point(lambda value: value * scale + -low * scale)
    return numbers.convert("I").convert("I;16")


def _finite(numbers: Image.Image) -> Image.Image:
    """What is no number as the least that is one, and what is infinite as the nearest."""
    values = array("f", numbers.tobytes())
    if all(_is_finite(piece) for _, piece in _pieces(values)):
        return numbers
    extremes = [limit for _, piece in _pieces(values) for limit in _extremes(piece)]
    if not extremes:
        raise ValueError("no pixel of the image has a finite number")
    low, high = min(extremes), max(extremes)
    for start, piece in _pieces(values):
        if not _is_finite(piece):
            kept = (low if math.isnan(v) else min(max(v, low), high) for v in piece)
            values[start : start + len(piece)] = array("f", kept)
    return Image.frombytes("F", numbers.size, values.tobytes())


def _pieces(values: array[float]) -> Iterator[tuple[int, array[float]]]:
    for start in range(0, len(values), _PIECE):
        yield start, values[start : start + _PIECE]


def _is_finite(piece: array[float]) -> bool:
    return math.isfinite(sum(piece))


def _extremes(piece: array[float]) -> tuple[float, ...]:
    """The least and the greatest finite number; nothing where there is none."""
    finite = piece if _is_finite(piece) else [v for v in piece if math.isfinite(v)]
    return (min(finite), max(finite)) if finite else ()
