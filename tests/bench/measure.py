"""What the samples and counters of one workload come to."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

EARLY = 1.0  # ms by which the clocks of the page and the workload may differ


@dataclass(frozen=True, slots=True)
class Sample:
    """What an animation frame showed: a number at the top and at the bottom, -1 without one."""

    time: float
    """ms since 1970"""
    top: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Motion:
    """How drawn frames came to be seen."""

    offered: float
    """frames drawn, a second"""
    shown: float
    """different frames seen complete, a second"""
    stale_p50: float | None
    """ms from a frame's drawing to the first animation frame with it; None when none was seen"""
    stale_p95: float | None
    torn: int
    """animation frames with two different numbers"""
    unread: int
    """animation frames with no number, or with one that was not drawn by then"""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` to `end`, in ms since 1970."""

    start: float
    end: float

    def __contains__(self, time: float) -> bool:
        return self.start <= time <= self.end

    @property
    def seconds(self) -> float:
        """Its length."""
        return (self.end - self.start) / 1000


def motion(
    samples: Iterable[Sample], drawn: Mapping[int, float], within: Interval, *, corners: int
) -> Motion:
    """`drawn`: when each frame was drawn, in ms since 1970; `corners`: 1 when only the top counts.

    A frame is seen complete when both corners show it or a later one.
    """
    seen: set[int] = set()
    stale: list[float] = []
    torn = unread = 0
    for sample in samples:
        numbers = (sample.top, sample.bottom)[:corners]
        counts = sample.time in within
        if any(n not in drawn or sample.time < drawn[n] - EARLY for n in numbers):
            unread += counts
            continue
        torn += counts and len(set(numbers)) > 1
        number = min(numbers)
        if number not in seen:
            seen.add(number)
            if counts:
                stale.append(sample.time - drawn[number])
    return Motion(
        offered=sum(time in within for time in drawn.values()) / within.seconds,
        shown=len(stale) / within.seconds,
        stale_p50=percentile(stale, 50),
        stale_p95=percentile(stale, 95),
        torn=torn,
        unread=unread,
    )


def percentile(values: Sequence[float], percent: int) -> float | None:
    """Between the nearest values, in proportion; None without values."""
    if len(values) < 2:
        return values[0] if values else None
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


@dataclass(frozen=True, slots=True)
class Cell:
    """One session: a stack, seen at a size, over a link, by so many viewers."""

    stack: str
    size: str
    link: str
    viewers: int
    repeat: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One workload in one session; None is what it does not have."""

    stack: str
    size: str
    link: str
    viewers: int
    repeat: int
    workload: str
    error: str = ""
    seconds: float | None = None
    offered: float | None = None
    shown: float | None = None
    stale_p50: float | None = None
    stale_p95: float | None = None
    torn: int | None = None
    unread: int | None = None
    latency_p50: float | None = None
    latency_p95: float | None = None
    input_p50: float | None = None
    """ms from a move of the mouse to the first animation frame drawn after it"""
    input_p95: float | None = None
    missed: int | None = None
    """clicks without an effect"""
    kilobytes: float | None = None
    """to the browser, 1000 bytes a second"""
    viewer_frames: float | None = None
    """frames a second of the median viewer besides the browser"""
    viewer_frames_least: float | None = None
    server_cpu: float | None = None
    """cores"""
    browser_cpu: float | None = None
    viewers_cpu: float | None = None
    machine_cpu: float | None = None
    server_memory: float | None = None
    """MiB"""
    psnr: float | None = None
    """dB over the pixels that move, while they move"""
    exact: float | None = None
    """ms from the last frame's drawing until every pixel is that of the X server; from a drag's end
    until its exact picture is seen"""
