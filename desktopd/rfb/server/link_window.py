"""What a link takes at one moment, and whether one more update may go out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from desktopd.rfb.server.bandwidth_estimator import FIRST_RATE

# The round trip (seconds) from which on what is late counts for more, up to so many times: it takes
# one until a packet is sent again.
_WAITED, _MOST_WAITED = 0.03, 2.0
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
            if self._stalls(now, factor):
                return False
        return (
            self.unanswered_bytes < min(filling * factor, MOST_ON_THE_WAY)
            and self.unanswered_updates < updates * factor
        )

    def _stalls(self, now: float, factor: float = 1) -> bool:
        """Whether an answer takes `factor` times as long as one to what was lost once, or more."""
        patience = factor * (_SENT_AGAIN * self.round_trip + _SENT_AGAIN_TIME)
        return self.oldest is not None and now - self.oldest > patience
