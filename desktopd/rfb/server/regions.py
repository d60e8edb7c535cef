"""Rectangles out of masks of tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    tops: dict[tuple[int, int], int] = {}
    bottoms: dict[tuple[int, int], int] = {}
    highest = most.height // TILE
    for row, run in _runs(mask, most.width // TILE):
        if run in tops and (bottoms[run] < row or row - tops[run] == highest):
            yield _pixels(tops.pop(run), bottoms[run], *run, size)
        tops.setdefault(run, row)
        bottoms[run] = row + 1
    for run, top in tops.items():
        yield _pixels(top, bottoms[run], *run, size)


def _runs(mask: Mask, widest: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Row, and columns from the first to the one behind the last, of tiles beside each other."""
    framed = np.zeros((mask.shape[0], mask.shape[1] + 2), np.bool_)
    framed[:, 1:-1] = mask
    rows, edges = np.nonzero(framed[:, 1:] != framed[:, :-1])
    runs = zip(rows[::2].tolist(), edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    for row, left, right in runs:
        for start in range(left, right, widest):
            yield row, (start, min(start + widest, right))


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
    # A row of cells as one number, a bit for each.
    packed = np.packbits(cells, axis=1, bitorder="little")
    left = [int.from_bytes(row.tobytes(), "little") for row in packed]
    found = []
    while any(left):
        together = _together(left)
        left = [row & ~gone for row, gone in zip(left, together, strict=True)]
        bits = [[row >> column & 1 for column in range(cells.shape[1])] for row in together]
        tiles = np.array(bits, np.bool_).repeat(_CELL, 0).repeat(_CELL, 1)[:height, :width]
        found.append(bounds(mask & tiles, size))
    return sorted(filter(None, found), key=lambda area: -area.area)


def _together(rows: Sequence[int]) -> list[int]:
    """The bits that lie beside the first one or beside another such bit, corners included."""
    part = [0] * len(rows)
    first = next(n for n, row in enumerate(rows) if row)
    last = first
    part[first] = rows[first] & -rows[first]
    before: list[int] = []
    while part != before:
        before = part.copy()
        # Down for as long as there is something, and up again.
        for n in range(first, len(rows)):
            if not _widen(part, rows, n):
                break
            last = max(last, n)
        for n in range(last, first - 1, -1):
            _widen(part, rows, n)
    return part


def _widen(part: list[int], rows: Sequence[int], n: int) -> int:
    """Add to row `n` what lies beside the part; the row as it then is."""
    near = part[n] | part[max(0, n - 1)] | part[min(n + 1, len(rows) - 1)]
    while (wider := (near | near << 1 | near >> 1) & rows[n]) != near:
        near = wider
    part[n] = near
    return near
