"""How much of a client may wait, in both directions, and how long for it to take what it is sent.

test_leeway and test_untaken_answers test it.
"""

from __future__ import annotations

import asyncio

TAKE_DEADLINE = 30.0
STRANGERS_BUFFER = 16_384
"""Bytes that may wait for a stranger before what sends them waits, and that are read of him at a
time; others have asyncio's 64 KiB and 256 KiB."""
_MOST_READ = 262_144
_PART = 8
"""A stranger takes so many deadlines at most for what was sent at once."""


class Leeway:
    """What one `transport` of asyncio is allowed: little, but while it is `trusted`.

    A stranger has to take a part of what waits within TAKE_DEADLINE seconds each, others some of an
    answer that is whole.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._stalled: asyncio.TimerHandle | None = None
        self._untaken: asyncio.TimerHandle | None = None
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
            waits = self._transport.get_write_buffer_size()
            self._await_part(waits, max(STRANGERS_BUFFER, waits // _PART))

    def _await_part(self, waits: int, part: int) -> None:
        """Wait until so many bytes of those that wait are taken, and for more then."""

        def look() -> None:
            left = self._transport.get_write_buffer_size()
            if waits - left < part:
                self._transport.abort()
            else:
                self._await_part(left, part)

        self._stalled = asyncio.get_running_loop().call_later(TAKE_DEADLINE, look)

    def resume(self) -> None:
        """It takes what it is sent."""
        if self._stalled is not None:
            self._stalled.cancel()

    def expect_taken(self, left_before: int = 0) -> None:
        """Do not keep what a client has asked for and never takes; a close would wait for it."""
        self.begin()
        left = self._transport.get_write_buffer_size()
        if left and left == left_before:
            self._transport.abort()
        elif left:
            loop = asyncio.get_running_loop()
            self._untaken = loop.call_later(TAKE_DEADLINE, self.expect_taken, left)

    def begin(self) -> None:
        """Another answer begins, which may wait for whatever makes it."""
        if self._untaken is not None:
            self._untaken.cancel()

    def end(self) -> None:
        """The connection is lost, or is another protocol's."""
        self.begin()
        self.resume()
