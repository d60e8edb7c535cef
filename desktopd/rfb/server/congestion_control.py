"""How much of a viewer's link is taken, and whether one more update may go out.

The fences behind the updates tell (rfbproto, Fence). How fast the link is says
bandwidth_estimator.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from desktopd.rfb.server.bandwidth_estimator import FIRST_RATE, BandwidthEstimator

# Seconds that a picture may take on the link beyond the time an empty one takes.
MOTION_TIME = 0.0115
STILL_TIME = 0.060
# The same of a picture of a video on links of so many bytes a second; between these by powers of
# the rate. The thinnest have no time to spend (frames of replay2d, thin), others have some for a
# sharper picture (replay2d, slow), and fast ones have it sooner instead.
_LOG_RATES = np.log((125_000.0, 250_000.0, 625_000.0, 1_250_000.0, 2_500_000.0, 12_500_000.0))
_LOG_TIMES = np.log((0.0095, MOTION_TIME, 0.019, 0.0098, 0.0075, 0.003))
# The part of a link's time that a video takes at most: more of it waits for itself (replay3d@60).
_VIDEO_SHARE = 0.65
# By how much less than its bytes a picture of a video has for what is late of all beyond so much,
# and what part at least: each packet more is one more to be lost (frames of replay2d, train).
_SMALLER, _TOLERATED, _SMALLEST_PART = 7.0, 0.04, 0.3
# The round trip (seconds) from which on what is late counts for more, up to so many times: it takes
# one until a packet is sent again.
_WAITED, _MOST_WAITED = 0.03, 2.0
# By how much of a round trip, and by how many seconds at least, an update is late, where a round
# trip takes so many seconds: less is a viewer that was busy. And the weight of the last one.
_LATE, _LATE_AT_LEAST, _FAR, _TRUST_LATE = 0.7, 0.02, 0.01, 0.1
_ROUND_TRIP_MEMORY = 10.0
# What may be on the way beyond what fills the link.
_SLACK_TIME = 0.025
# Of bytes this much time, and at least and at most so many: 16 KB are 131 ms at 1 Mbit/s
# (staleness of replay2d on such a link).
_SLACK_BYTES = (4_096, 16_384)
_SLACK_BYTES_TIME = 0.03
_SLACK_UPDATES = 3
# So many more where more than this part is late: they go on while a packet is sent again (frames of
# replay2d, lossy1), which takes so many round trips and seconds. After that the link is out: what
# goes on is old itself when it comes (staleness of replay2d, train).
_MORE_UPDATES, _SELDOM = 3, 0.02
_SENT_AGAIN, _SENT_AGAIN_TIME = 2.0, 0.045
_FRAME = 1 / 60
# A viewer that follows the stream of others may be this much later than it would choose.
_LENIENCE = 2
MOST_ON_THE_WAY = 16 * 1024 * 1024


def video_bytes(rate: float, interval: float = math.inf, late: float = 0.0) -> float:
    """Bytes for one picture of a video on a link that takes `rate` bytes a second.

    `interval`: seconds from one picture to the next, of which the link's time is a part. `late`:
    see Window.waited.
    """
    part = max(_SMALLEST_PART, 1 - _SMALLER * max(0.0, late - _TOLERATED))
    seconds = math.exp(np.interp(math.log(rate), _LOG_RATES, _LOG_TIMES))
    return rate * part * min(seconds, _VIDEO_SHARE * interval)


@dataclass(frozen=True, slots=True)
class Window:
    """A link at one moment, as any thread may read it."""

    rate: float = FIRST_RATE
    """Bytes a second that the link takes."""
    round_trip: float = 0.0
    """The shortest of the last seconds: the link's own, without a queue (seconds)."""
    unanswered_bytes: int = 0
    unanswered_updates: int = 0
    late: float = 0.0
    """The part of the last updates that came about a round trip late, as where packets are lost."""
    oldest: float | None = None
    """When the first of the unanswered updates went out (monotonic, in seconds)."""

    @property
    def waited(self) -> float:
        """`late`, more where a lost packet is waited for longer."""
        return self.late * min(_MOST_WAITED, max(1.0, self.round_trip / _WAITED))

    def ready(self, now: float, *, lenient: bool = False) -> bool:
        """Whether one more update would not have to wait in a queue, at `now` (monotonic)."""
        factor = _LENIENCE if lenient else 1
        least, most = _SLACK_BYTES
        slack = max(least, min(most, self.rate * _SLACK_BYTES_TIME))
        filling = self.rate * (self.round_trip + _SLACK_TIME) + slack
        updates = math.ceil(self.round_trip / _FRAME) + _SLACK_UPDATES
        if self.late > _SELDOM:
            updates += _MORE_UPDATES
            if self.stalls(now, factor):
                return False
        return (
            self.unanswered_bytes < min(filling * factor, MOST_ON_THE_WAY)
            and self.unanswered_updates < updates * factor
        )

    def stalls(self, now: float, factor: float = 1) -> bool:
        """Whether an answer takes `factor` times as long as one to what was lost once, or more."""
        patience = factor * (_SENT_AGAIN * self.round_trip + _SENT_AGAIN_TIME)
        return self.oldest is not None and now - self.oldest > patience


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
