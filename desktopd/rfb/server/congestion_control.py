"""How much of a viewer's link is taken, by the answers to fences (rfbproto, Fence).

A fence is behind each update. How fast the link is says bandwidth_estimator, and what follows from
both link_window.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from desktopd.rfb.server.bandwidth_estimator import BandwidthEstimator
from desktopd.rfb.server.link_window import Window

# By how much of a round trip, and by how many seconds at least, an update is late, where a round
# trip takes so many seconds: less is a viewer that was busy. And the weight of the last one.
_LATE, _LATE_AT_LEAST, _FAR, _TRUST_LATE = 0.7, 0.02, 0.01, 0.1
_ROUND_TRIP_MEMORY = 10.0


class _Sent(NamedTuple):
    number: int
    size: int
    at: float


class _Least:
    """The least of the samples of the last seconds, to within half of them."""

    def __init__(self, memory: float) -> None:
        self._half = memory / 2
        self._old = self._new = math.inf
        self._turned = -math.inf

    def add(self, sample: float, now: float) -> None:
        if now - self._turned > self._half:
            stale = now - self._turned > 2 * self._half
            self._old = math.inf if stale else self._new
            self._new, self._turned = math.inf, now
        self._new = min(self._new, sample)

    @property
    def value(self) -> float:
        """0 before the first."""
        least = min(self._old, self._new)
        return 0.0 if least == math.inf else least


class CongestionControl:
    """Follows what is on the way by the answers to fences (rfbproto, Fence), one after each update.

    Times are monotonic, in seconds; an answer comes when the viewer has read all before it. All of
    this belongs to the loop. `window` alone is for other threads too: it never changes, another
    one takes its place.
    """

    def __init__(self) -> None:
        self.window = Window()
        self.round_trip = 0.0
        """Of the last answer, in seconds."""
        self._number = 0
        self._on_the_way: deque[_Sent] = deque()
        self._bytes = 0
        self._due: float | None = None
        self._least = _Least(_ROUND_TRIP_MEMORY)
        self._bandwidth = BandwidthEstimator()
        self._late = 0.0

    def sent(self, size: int, now: float) -> int:
        """Note an update of so many bytes that goes out; returns the number for its fence."""
        self._number = self._number % 0xFFFFFFFF + 1
        self._on_the_way.append(_Sent(self._number, size, now))
        self._bytes += size
        if self._due is None:
            self._due = now
        self._moved()
        return self._number

    def answered(self, number: int, now: float) -> None:
        """Note that the fence of this number has come back, and with it all before it.

        A number that was not sent does not count.
        """
        if not any(sent.number == number for sent in self._on_the_way):
            # Sent before `forgive`, and a sign of life.
            self._due = self._oldest
            return
        while True:
            sent = self._on_the_way.popleft()
            self._bytes -= sent.size
            if sent.number == number:
                break
        self._due = self._oldest
        self.round_trip = now - sent.at
        self._least.add(self.round_trip, now)
        self._moved()

    def measures(self, size: int, now: float) -> bool:
        """Whether to put the fences of a measurement around an update of `size` bytes."""
        return self._bandwidth.wants(size, now)

    def measured(self, payload: bytes, now: float) -> None:
        """Note that a fence of a measurement has come back."""
        delay = self._bandwidth.answered(payload, now)
        if self._bandwidth.round_trip is not None:
            # Without the time that the viewer draws, or more and more would wait for it to draw.
            self._least.add(self._bandwidth.round_trip, now)
        if delay is not None:
            round_trip = self._least.value
            late = round_trip > _FAR and delay > max(_LATE * round_trip, _LATE_AT_LEAST)
            self._late += _TRUST_LATE * (late - self._late)
        self._moved()

    def arrived(self, left: int) -> None:
        """Expect no answer to what has been sent but the last `left` bytes; the silence goes on."""
        while self._on_the_way and self._bytes - self._on_the_way[0].size >= left:
            self._bytes -= self._on_the_way.popleft().size
        self._moved()

    def forgive(self) -> None:
        """Expect no answer any more to what has been sent; the silence goes on."""
        self.arrived(0)

    @property
    def waiting(self) -> bool:
        """Whether an answer is due."""
        return bool(self._on_the_way)

    def silence(self, now: float) -> float:
        """Seconds for which the oldest answer has been due; 0 when none is."""
        return now - self._due if self._due is not None else 0.0

    def overdue(self, now: float) -> float:
        """Seconds of silence beyond what the bytes on the way should take."""
        return self.silence(now) - self._bytes / self.window.rate

    @property
    def _oldest(self) -> float | None:
        return self._on_the_way[0].at if self._on_the_way else None

    def _moved(self) -> None:
        self.window = Window(
            self._bandwidth.rate,
            self._least.value,
            self._bytes,
            len(self._on_the_way),
            self._late,
            self._oldest,
        )
