"""Sends one viewer its updates with fences behind them, and knows when the next would be welcome.

What is in an update, and what a viewer wants in it, is not known here.
"""

from __future__ import annotations

import math
import time

from desktopd.rfb.protocol import fences
from desktopd.rfb.protocol.fences import FenceFlag
from desktopd.rfb.server.congestion_control import CongestionControl
from desktopd.rfb.server.send_queue import SendQueue

_NUMBER_LENGTH = 4
# Seconds for which answers are overdue where a link is out, and not only slow.
_OUTAGE = 0.4
# The part that counts as late then: TCP begins anew with a packet or two for each round trip.
_LATE_AFTER_OUTAGE = 0.2
_PROBE = b"alive"
"""Unlike an update's number and the payloads of measurements."""


class UpdateSender:
    """Puts updates into the queue of one viewer, as many as its link takes.

    All of this belongs to the loop, but for `ready`, `rate` and `late`, which any thread may ask.
    """

    def __init__(self, send_queue: SendQueue) -> None:
        self.congestion = CongestionControl()
        self._send_queue = send_queue
        self._fences = False
        self._probing = False
        self._alive_at = -math.inf
        self.out = False
        """The link has been out, and the viewer has said nothing since."""

    def ready(self, *, lenient: bool = False) -> bool:
        """Whether an update would neither wait behind others nor in the link.

        `lenient`: or only a little, as for a viewer that follows the stream of others.
        """
        if not self._send_queue.empty:
            return False
        return not self._fences or self.congestion.window.ready(time.monotonic(), lenient=lenient)

    @property
    def rate(self) -> float:
        """Bytes a second that the link takes."""
        return self.congestion.window.rate

    @property
    def late(self) -> float:
        """The part of its updates that come late; see Window.waited."""
        return max(self.congestion.window.waited, _LATE_AFTER_OUTAGE if self.out else 0.0)

    def use_fences(self) -> None:
        """Send fences from now on: the viewer answers them."""
        if not self._fences:
            self._fences = True
            # The round trip without a picture before it.
            self.send(b"")

    def send(self, update: bytes) -> None:
        """Send an update; ask when the viewer has drawn it, and sometimes when it has read it."""
        if not self._fences:
            self._send_queue.put(update)
            return
        now = time.monotonic()
        number = self.congestion.sent(len(update), now)
        if self.congestion.measures(len(update), now):
            self._send_queue.put(fences.BEGIN)
            update += fences.END
        flags = FenceFlag.REQUEST | FenceFlag.BLOCK_BEFORE
        self._send_queue.put(update + fences.fence(flags, number.to_bytes(_NUMBER_LENGTH)))

    def reads_since(self, due: float) -> bool:
        """Whether the viewer has read something that was sent after `due` (monotonic).

        Asks it if it has not: an answer that is late tells nothing of what it draws while the link
        itself is silent.
        """
        if self._alive_at > due:
            return True
        if not self._probing:
            self._probing = True
            self._send_queue.put(fences.fence(FenceFlag.REQUEST, _PROBE))
        return False

    def look(self, now: float) -> None:
        """Go on after an outage as soon as what was sent has come; to be called from time to time.

        The viewer's answers come later: the TCP of its system tries again after twice as long each
        time. Behind a proxy of the same machine there is nothing to be seen, and nothing happens.
        `now` is monotonic, in seconds.
        """
        left = self._send_queue.unacknowledged
        self.out = self.out or (left > 0 and self.congestion.overdue(now) > _OUTAGE)
        if self.out:
            self.congestion.arrived(left)

    def answered(self, payload: bytes) -> bool:
        """Take the viewer's answer to a fence; returns whether it tells of a drawn update."""
        if len(payload) == _NUMBER_LENGTH:
            self.out = False
            self.congestion.answered(int.from_bytes(payload), time.monotonic())
            return True
        if payload == _PROBE:
            self._probing, self._alive_at = False, time.monotonic()
            return False
        self.congestion.measured(payload, time.monotonic())
        return False
