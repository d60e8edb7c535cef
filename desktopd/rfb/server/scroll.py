"""Finds out that a part of the picture has only moved up or down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.pixels import RGB_MASK, Pixels

# Sides in pixels of what is worth a search, and of what is worth a CopyRect.
SMALLEST = 64
# One column in so many tells whether rows are alike.
_STRIDE = 7
# Rows that are looked for in the old picture; each must be unlike its neighbours.
_PROBES = 5
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Scroll:
    """`area` shows now what was `down` pixels further up (further down where it is negative)."""

    area: Rectangle
    down: int

    @property
    def source_y(self) -> int:
        """The top of what is to be copied."""
        return self.area.y - self.down


def find_scroll(before: Pixels, after: Pixels, area: Rectangle) -> Scroll | None:
    """The scroll between two pictures of `area`, if it is one; pixels of the same shape."""
    if area.width < SMALLEST or area.height < SMALLEST:
        return None
    middle = slice(area.width // 4, area.width - area.width // 4, _STRIDE)
    old, new = _signatures(before[:, middle]), _signatures(after[:, middle])
    down = _offset(old, new)
    if down is None:
        return None
    first = max(0, down)
    alike = old[first - down : area.height + min(0, down) - down]
    top, bottom = _longest_run(alike == new[first : first + len(alike)])
    top, bottom = top + first, bottom + first
    same = (before[top - down : bottom - down] ^ after[top:bottom]) & RGB_MASK == 0
    left, right = _longest_run(same.all(axis=0))
    found = Rectangle(area.x + left, area.y + top, right - left, bottom - top)
    if found.width < SMALLEST or found.height < SMALLEST:
        return None
    return Scroll(found, down)


def _signatures(pixels: Pixels) -> NDArray[np.uint32]:
    """A number for each row, the same for equal rows."""
    weights = np.arange(1, 2 * pixels.shape[1], 2, dtype=np.uint32) * np.uint32(0x9E3779B1)
    signatures: NDArray[np.uint32] = ((pixels & RGB_MASK) * weights).sum(axis=1, dtype=np.uint32)
    return signatures


def _offset(old: NDArray[np.uint32], new: NDArray[np.uint32]) -> int | None:
    """How far down most rows went; None where they did not go together."""
    height = len(new)
    votes: dict[int, int] = {}
    for row in np.linspace(height * 0.1, height * 0.9, _PROBES).astype(int).tolist():
        places = np.flatnonzero(old == new[row])
        if len(places) == 1 and int(places[0]) != row:
            down = row - int(places[0])
            votes[down] = votes.get(down, 0) + 1
    if not votes:
        return None
    down = max(votes, key=lambda offset: votes[offset])
    top, bottom = max(0, down), height + min(0, down)
    alike = float((old[top - down : bottom - down] == new[top:bottom]).mean())
    return down if bottom - top >= SMALLEST and alike > _ALIKE else None


def _longest_run(truths: NDArray[np.bool_]) -> tuple[int, int]:
    """Start and end of the longest run of true."""
    edges = np.flatnonzero(np.diff(truths, prepend=False, append=False)).reshape(-1, 2)
    if len(edges) == 0:
        return 0, 0
    start, end = edges[int((edges[:, 1] - edges[:, 0]).argmax())].tolist()
    return start, end
