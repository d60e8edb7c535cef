"""A drag with the browser's own mouse over the desktop, and how long each move took to be seen."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Mouse

from tests.bench.measure import Interval, Sample

REACH = 160  # pixels to each side
STEP = 5  # pixels: of one move
SLIDER_STEP = 9  # of one move of a slider: 40 and more values a second
PERIOD = 1 / 60  # seconds between two moves


@dataclass
class Drag:
    """A drag to the right and to the left again, around a place in the page, in CSS pixels."""

    mouse: Mouse
    x: float
    y: float
    step: int = STEP
    sent: list[tuple[float, int]] = field(default_factory=list)
    """When, in ms since 1970, the pointer was moved how far from the middle."""
    released: float = 0.0

    def run(self, seconds: float) -> None:
        """Press, move, release."""
        self.mouse.move(self.x, self.y)
        self.mouse.down()
        due = start = time.monotonic()
        while due - start < seconds:
            offset = place(round((due - start) / PERIOD), self.step)
            self.sent.append((time.time() * 1000, offset))
            self.mouse.move(self.x + offset, self.y + offset // 4)
            due = max(due + PERIOD, time.monotonic())
            time.sleep(max(0.0, due - time.monotonic()))
        self.mouse.up()
        self.released = time.time() * 1000


def place(move: int, step: int = STEP) -> int:
    """How far from the middle the pointer is: to and fro."""
    return REACH - abs((move * step + REACH) % (4 * REACH) - 2 * REACH)


def latencies(
    samples: Iterable[Sample],
    reached: Mapping[int, int],
    sent: Iterable[tuple[float, int]],
    within: Interval,
) -> list[float]:
    """Ms from a move to the first animation frame with a picture drawn after it.

    `reached`: how far the pointer was for napari when it drew each frame.
    """
    moves = list(sent)
    found: list[float] = []
    seen: set[int] = set()
    for sample in samples:
        if sample.top in seen or sample.top not in reached or sample.time not in within:
            continue
        seen.add(sample.top)
        times = [t for t, x in moves if x == reached[sample.top] and t < sample.time]
        if times:
            found.append(sample.time - times[-1])
    return found
