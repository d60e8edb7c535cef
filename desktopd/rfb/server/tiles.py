"""Masks of tiles, and the rectangles that cover them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.h264.macroblocks import MACROBLOCK, Mask, bounds, covered, mask_shape

__all__ = ["TILE", "Mask", "bounds", "components", "mask_shape", "pieces", "rectangles"]

TILE = MACROBLOCK
"""Side of a tile in pixels; H.264 is told by tiles which macroblocks have changed."""

# Tiles of this many rows and columns are one cell, and cells that touch are one component. Larger
# ones join what moves in several places to one region, smaller ones take longer to follow.
_CELL = 4


def rectangles(mask: Mask, size: Size, largest: Size) -> Iterator[Rectangle]:
    """Cover exactly the tiles of `mask`, in pixels, with rectangles of at most `largest` pixels.

    Runs of tiles of the same columns in neighbouring rows become one; `largest` is whole tiles.
    """
    tops: dict[tuple[int, int], int] = {}
    bottoms: dict[tuple[int, int], int] = {}
    highest = largest.height // TILE
    for row, run in _runs(mask, largest.width // TILE):
        if run in tops and (bottoms[run] < row or row - tops[run] == highest):
            yield covered(slice(tops.pop(run), bottoms[run]), slice(*run), size)
        tops.setdefault(run, row)
        bottoms[run] = row + 1
    for run, top in tops.items():
        yield covered(slice(top, bottoms[run]), slice(*run), size)


def _runs(mask: Mask, widest: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Row, and columns from the first to the one behind the last, of tiles beside each other."""
    framed = np.zeros((mask.shape[0], mask.shape[1] + 2), np.bool_)
    framed[:, 1:-1] = mask
    rows, edges = np.nonzero(framed[:, 1:] != framed[:, :-1])
    runs = zip(rows[::2].tolist(), edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    for row, left, right in runs:
        for start in range(left, right, widest):
            yield row, (start, min(start + widest, right))


def pieces(area: Rectangle, largest: Size) -> Iterator[Rectangle]:
    """Cover exactly `area` with rectangles of at most `largest` pixels."""
    for y in range(area.y, area.bottom, largest.height):
        for x in range(area.x, area.right, largest.width):
            width, height = min(largest.width, area.right - x), min(largest.height, area.bottom - y)
            yield Rectangle(x, y, width, height)


def components(mask: Mask, size: Size) -> list[Rectangle]:
    """Bounds of what lies together in `mask`, the largest first; they may overlap."""
    height, width = mask.shape
    columns = -(-width // _CELL)
    found = []
    for component in _connected(_cell_rows(mask)):
        bits = [[row >> column & 1 for column in range(columns)] for row in component]
        tiles = np.array(bits, np.bool_).repeat(_CELL, 0).repeat(_CELL, 1)[:height, :width]
        found.append(bounds(mask & tiles, size))
    return sorted(filter(None, found), key=lambda area: -area.area)


def _cell_rows(mask: Mask) -> list[int]:
    """Each row of cells as a number, with a bit for each cell that has a tile of `mask`."""
    height, width = mask.shape
    cells = np.zeros((-(-height // _CELL), -(-width // _CELL)), np.bool_)
    for row in range(_CELL):
        for column in range(_CELL):
            part = mask[row::_CELL, column::_CELL]
            cells[: part.shape[0], : part.shape[1]] |= part
    packed = np.packbits(cells, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def _connected(rows: Sequence[int]) -> Iterator[list[int]]:
    """Take rows of bits apart into parts that touch nowhere, not even at a corner."""
    left = list(rows)
    while any(left):
        part = _flooded(left)
        left = [row & ~gone for row, gone in zip(left, part, strict=True)]
        yield part


def _flooded(rows: Sequence[int]) -> list[int]:
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
