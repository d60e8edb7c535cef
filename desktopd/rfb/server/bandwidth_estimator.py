"""How many bytes a second a viewer's link takes.

Only the measuring is here; link_window says what follows from it.
"""

from __future__ import annotations

import math
from collections import deque

from desktopd.rfb.protocol.fences import BEGIN_PAYLOAD, END_PAYLOAD

FIRST_RATE = 1_500_000.0
"""Bytes a second that are assumed until the link has been measured."""
_FASTEST = 1_000_000_000.0
_SMALLEST = 3000
# Seconds from one measurement to the next, and until one is given up.
_INTERVAL = 0.08
_PATIENCE = 5.0
_SAMPLES = 9
_SHORTEST = 1e-4


class BandwidthEstimator:
    """Measures a link by the answers to two fences, one ahead of an update and one behind it.

    These fences (rfbproto, Fence) do not wait for what is before them, so a viewer answers when it
    has read them: between the answers are as many seconds as the update's bytes took on the link,
    however far it is, whatever else waits there, and however long the viewer draws. Only one that
    reads nothing while it draws may find the first late, and the link too fast.
    Times are monotonic, in seconds.
    """

    def __init__(self) -> None:
        self.rate = FIRST_RATE
        """Bytes a second: the lower quartile of the last measurements."""
        self.round_trip: float | None = None
        """Seconds to the answer to the first fence of the last measurement; None before it."""
        self._size = 0
        self._asked = -math.inf
        self._begun: float | None = None
        self._rates: deque[float] = deque(maxlen=_SAMPLES)

    def wants(self, size: int, now: float) -> bool:
        """Whether to put fences around an update of `size` bytes that is about to be sent."""
        pause = _PATIENCE if self._size else _INTERVAL
        if size < _SMALLEST or now - self._asked < pause:
            return False
        self._size, self._asked, self._begun = size, now, None
        self.round_trip = None
        return True

    def answered(self, payload: bytes, now: float) -> float | None:
        """Note that the viewer has read the fence with this payload; others do not count.

        Returns how many seconds an update took beyond what was expected; None before its end.
        """
        if payload == BEGIN_PAYLOAD and self._size:
            self._begun = now
            self.round_trip = now - self._asked
        elif payload == END_PAYLOAD and self._begun is not None and self._size:
            took = max(_SHORTEST, now - self._begun)
            delay = took - self._size / self.rate
            self._rates.append(min(_FASTEST, self._size / took))
            self._size = 0
            self.rate = sorted(self._rates)[(len(self._rates) + 1) // 4]
            return delay
        return None
