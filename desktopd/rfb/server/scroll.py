"""The search for a scroll: a part of the screen that has only moved up or down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.pixels import RGB_MASK, Pixels

# Sides in pixels of what is worth a search, and of what is worth a CopyRect.
SMALLEST = 64
# One column in so many tells whether rows are alike: more of them cost the time of every still
# change (click), fewer take rows for equal that are not, which costs a search for nothing.
_STRIDE = 7
# Rows that are looked for in the old pixels; each must be unlike its neighbours.
_PROBES = 5
# The part of the rows that must have moved together.
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Scroll:
    """`area` shows now what was `down` pixels further up (further down where it is negative)."""

    area: Rectangle
    down: int

    @property
    def source(self) -> Rectangle:
        """Where it was."""
        area = self.area
        return Rectangle(area.x, area.y - self.down, area.width, area.height)


def find_scroll(before: Pixels, after: Pixels, area: Rectangle) -> Scroll | None:
    """The scroll between two captures of `area`, if it is one; pixels of the same shape.

    What is in the scroll's area is equal to the pixel, as the search checks at last.
    """
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
    """The pixels by which most rows went down; None where they did not go together."""
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
