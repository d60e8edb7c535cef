"""Rectangles out of masks of tiles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from desktopd.geometry import Rectangle, Size

TILE = 16
"""Side of a tile in pixels: that of a macroblock of H.264."""

Mask: TypeAlias = NDArray[np.bool_]
"""One truth a tile, shape (rows, columns)."""

# Tiles of this many rows and columns are looked at as one when it is told what belongs together.
_CELL = 4


def rectangles(mask: Mask, size: Size, most: Size) -> Iterator[Rectangle]:
    """Cover exactly the tiles of `mask`, in pixels, with rectangles of at most `most` pixels.

    Runs of tiles of the same columns in neighbouring rows become one; `most` must be whole tiles.
    """
    open_runs: dict[tuple[int, int], int] = {}
    widest, highest = most.width // TILE, most.height // TILE
    for row in range(mask.shape[0] + 1):
        runs = set(_runs(mask[row], widest)) if row < mask.shape[0] else set()
        for run, top in list(open_runs.items()):
            if run not in runs or row - top == highest:
                del open_runs[run]
                yield _pixels(top, row, *run, size)
        for run in sorted(runs):
            open_runs.setdefault(run, row)


def _runs(row: NDArray[np.bool_], widest: int) -> Iterator[tuple[int, int]]:
    """First and last-but-one column of the tiles that follow each other."""
    if not row.any():
        return
    edges = np.flatnonzero(np.diff(row, prepend=False, append=False))
    for left, right in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        for start in range(left, right, widest):
            yield start, min(start + widest, right)


def _pixels(top: int, bottom: int, left: int, right: int, size: Size) -> Rectangle:
    x, y = left * TILE, top * TILE
    return Rectangle(x, y, min(right * TILE, size.width) - x, min(bottom * TILE, size.height) - y)


def pieces(area: Rectangle, most: Size) -> Iterator[Rectangle]:
    """Cover exactly `area` with rectangles of at most `most` pixels."""
    for y in range(area.y, area.bottom, most.height):
        for x in range(area.x, area.right, most.width):
            width, height = min(most.width, area.right - x), min(most.height, area.bottom - y)
            yield Rectangle(x, y, width, height)


def bounds(mask: Mask, size: Size) -> Rectangle | None:
    """The smallest rectangle around the tiles of `mask`, in pixels; None where there is none."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    return _pixels(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1, size)


def components(mask: Mask, size: Size) -> list[Rectangle]:
    """Bounds of what lies together in `mask`, the largest first; they may overlap."""
    height, width = mask.shape
    cells = np.zeros((-(-height // _CELL), -(-width // _CELL)), np.bool_)
    for row in range(_CELL):
        for column in range(_CELL):
            part = mask[row::_CELL, column::_CELL]
            cells[: part.shape[0], : part.shape[1]] |= part
    left = {(int(row), int(column)) for row, column in np.argwhere(cells)}
    found = []
    while left:
        part = np.zeros(mask.shape, np.bool_)
        waiting = [left.pop()]
        while waiting:
            row, column = waiting.pop()
            area = np.s_[row * _CELL : (row + 1) * _CELL, column * _CELL : (column + 1) * _CELL]
            part[area] = mask[area]
            near = {(row + y, column + x) for y in (-1, 0, 1) for x in (-1, 0, 1)} & left
            left -= near
            waiting += near
        found.append(bounds(part, size))
    return sorted(filter(None, found), key=lambda area: -area.area)
