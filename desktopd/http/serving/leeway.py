"""How much of a client may wait, in both directions, and how long for it to take what it is sent.

test_http_connection and test_accept_loop test it.
"""

from __future__ import annotations

import asyncio

TAKE_DEADLINE = 30.0
STRANGERS_BUFFER = 16_384
"""Bytes that may wait for a stranger before what sends them waits, and that are read of him at a
time; others have asyncio's 64 KiB and 256 KiB."""
_MOST_READ = 262_144


class Leeway:
    """What one `transport` of asyncio is allowed: little, but while it is `trusted`.

    A stranger has to take some of every answer within TAKE_DEADLINE seconds, others of what they
    are expected to.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._stalled: asyncio.TimerHandle | None = None
        self._is_over = False
        self.distrust()

    def trust(self) -> None:
        """Somebody who may is served now."""
        self.trusted = True
        self.resume()
        self._transport.set_write_buffer_limits()
        self._read_at_most(_MOST_READ)

    def distrust(self) -> None:
        """Whoever is served from now on may be a stranger."""
        self.trusted = False
        self._transport.set_write_buffer_limits(STRANGERS_BUFFER)
        self._read_at_most(STRANGERS_BUFFER)

    def _read_at_most(self, count: int) -> None:
        self._transport.max_size = count  # type: ignore[attr-defined]

    def pause(self) -> None:
        """As much waits as may: do not wait for ever for a stranger who takes nothing."""
        if not self.trusted:
            loop = asyncio.get_running_loop()
            self._stalled = loop.call_later(TAKE_DEADLINE, self._transport.abort)

    def resume(self) -> None:
        """It takes what it is sent."""
        if self._stalled is not None:
            self._stalled.cancel()

    def expect_taken(self, left_before: int = 0) -> None:
        """Do not keep what a client has asked for and never takes; a close would wait for it."""
        if self._is_over:
            return
        left = self._transport.get_write_buffer_size()
        if left and left == left_before:
            self._transport.abort()
        elif left:
            asyncio.get_running_loop().call_later(TAKE_DEADLINE, self.expect_taken, left)

    def end(self) -> None:
        """The connection is lost."""
        self._is_over = True
        self.resume()
