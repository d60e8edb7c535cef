"""TLS whose handshakes wait in turns, and whose connections hold little memory.

test_accept_loop tests it.
"""

from __future__ import annotations

import asyncio
import ssl
from asyncio.sslproto import SSLProtocol
from functools import partial
from typing import cast

from desktopd.http.serving.request_turns import RequestTurns


class TlsInTurns(SSLProtocol):
    """asyncio's TLS, server side, around `protocol`; `done` tells of the handshake.

    What `address` sends before the handshake is over is read in `turns`: a key exchange takes a
    millisecond, and any number of strangers can ask for one.
    """

    max_size = 32 * 1024
    """Bytes of each connection's buffer, which has room for a record (RFC 8446, section 5.2)."""

    def __init__(
        self,
        protocol: asyncio.Protocol,
        context: ssl.SSLContext,
        turns: RequestTurns,
        address: str,
        *,
        seconds: float,
    ) -> None:
        """A handshake may take so many `seconds`."""
        loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = loop.create_future()
        super().__init__(
            loop,
            protocol,
            context,
            self.done,
            server_side=True,
            ssl_handshake_timeout=seconds,  # type: ignore[arg-type]
        )
        self._turns = turns
        self._address = address

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake."""
        self._plain = cast(asyncio.Transport, transport)
        super().connection_made(transport)

    def buffer_updated(self, nbytes: int) -> None:
        """Read what is in the buffer, of a handshake when it is its turn."""
        if self.done.done():
            super().buffer_updated(nbytes)
        else:
            self._plain.pause_reading()
            self._turns.take(self._address, partial(self._read_in_turn, nbytes))

    def _read_in_turn(self, nbytes: int) -> None:
        if not self.done.done():
            super().buffer_updated(nbytes)
            self._plain.resume_reading()
