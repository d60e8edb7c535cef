"""A connection that is closed so that its peer can still read what it was sent last.

test_http_connection tests it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

LINGER = 10.0
"""Seconds for the rest of a body: browsers read of a refusal at its end, or when it breaks off."""


class LingeringTransport:
    """`plain`, a TCP, unix or TLS transport, with a `close` that waits where it has to.

    A socket that is closed with bytes unread in it resets the connection, and a peer that still
    sends hears of the reset before it reads its answer. So as long as `unread` says that more may
    come, `close` ends our side alone, and the other has LINGER seconds to do the same. The
    protocol drops what comes meanwhile.
    """

    def __init__(self, plain: asyncio.Transport, unread: Callable[[], bool]) -> None:
        self._plain = plain
        self._unread = unread
        self._deadline: asyncio.TimerHandle | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)

    def write(self, data: bytes) -> None:
        """Send `data`, if the connection is not closing: asyncio would tell the log of each."""
        if not self.is_closing():
            self._plain.write(data)

    def is_closing(self) -> bool:
        """Whether nothing more can be sent."""
        return self._deadline is not None or self._plain.is_closing()

    def close(self) -> None:
        """Send what is left, and close once the peer has had a chance to read it."""
        if self.is_closing() or not self._unread():
            self._plain.close()
            return
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(LINGER, self._plain.abort)
        self._plain.resume_reading()
        # TLS knows no half of a connection: there its peer goes by the end of the answer.
        if self._plain.can_write_eof():
            # The peer may have gone meanwhile.
            with suppress(OSError):
                self._plain.write_eof()
