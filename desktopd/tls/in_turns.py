"""TLS that is read in turns and holds little memory, but while somebody with control speaks by it.

test_in_turns, test_accept_loop and test_vencrypt test it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from asyncio.sslproto import SSLProtocol, _SSLProtocolTransport
from collections.abc import Hashable
from functools import partial
from typing import cast

from desktopd.turns import RequestTurns, Turn

PIECE = 1024
"""Bytes that are read at a time: forty messages of TLS itself which ask for new keys (RFC 8446
section 4.6.3) may be in them, and each takes 30 microseconds."""
_TLS = "desktopd.tls"


class _Transport(_SSLProtocolTransport):
    """asyncio's, with two things mended.

    Its own raises AttributeError at each call once it is closed twice, and takes what is written
    after the connection is lost, of which each warns in the log.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, tls: TlsInTurns) -> None:
        super().__init__(loop, tls)
        self._tls = tls

    def is_closing(self) -> bool:
        """Whether it is closed, or cannot but be soon."""
        return super().is_closing() or self._tls.is_lost

    def close(self) -> None:
        """Close it, unless it is closing."""
        if not self.is_closing():
            super().close()


class TlsInTurns(SSLProtocol):
    """asyncio's TLS, server side, around `protocol`.

    What `address` sends is read in `turns`, unless it is trusted: any number of strangers can ask
    for keys, whether in a handshake or after it.
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
        self._done: asyncio.Future[None] = loop.create_future()
        super().__init__(
            loop,
            protocol,
            context,
            self._done,
            server_side=True,
            ssl_handshake_timeout=seconds,  # type: ignore[arg-type]
        )
        self._turns = turns
        self._turn = Turn()
        self._address = address
        self._trusted = False
        self._known: Hashable | None = None
        self._extra[_TLS] = self
        self._set_read_buffer_limits(PIECE)  # type: ignore[attr-defined]

    async def accept(self, sock: socket.socket) -> asyncio.Transport:
        """Go through the handshake on an accepted socket; the transport of what it brings.

        Raises OSError, ssl.SSLError among them.
        """
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_accepted_socket(lambda: self, sock)
        try:
            await self._done
        except BaseException:
            transport.close()
            raise
        finally:
            # What it raises knows this frame, and so would keep itself.
            del self._done
        return self._get_app_transport()

    @property
    def is_lost(self) -> bool:
        """Whether the connection below has ended, also before that is told."""
        return self._transport is not None and self._transport.is_closing()

    def trust(self) -> None:
        """Read all that comes at once, as asyncio does."""
        self._trusted = True
        self._set_read_buffer_limits()  # type: ignore[attr-defined]

    def distrust(self, known: Hashable | None) -> None:
        """Read in turns again: those of `known`, who came by it last."""
        self._trusted, self._known = False, known
        self._set_read_buffer_limits(PIECE)  # type: ignore[attr-defined]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake."""
        self._plain = cast(asyncio.Transport, transport)
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Wait for no turn, and be free at once: Python looks but now and then for circles."""
        self._turn.cancel()
        self._extra.pop(_TLS, None)
        super().connection_lost(exc)

    def _get_app_transport(self) -> asyncio.Transport:
        if not self._app_transport_created:  # type: ignore[has-type]
            self._app_transport = _Transport(self._loop, self)
            self._app_transport_created = True
        return cast(asyncio.Transport, super()._get_app_transport())  # type: ignore[misc]

    def get_buffer(self, n: int) -> memoryview:
        """Where the next bytes go."""
        buffer = super().get_buffer(n)
        return buffer if self._trusted else buffer[:PIECE]

    def buffer_updated(self, nbytes: int) -> None:
        """Read what is in the buffer, when it is its turn."""
        if self._trusted:
            super().buffer_updated(nbytes)
        else:
            self._plain.pause_reading()
            read = partial(self._read_in_turn, nbytes)
            self._turn = self._turns.take(self._address, read, known=self._known)

    def _read_in_turn(self, nbytes: int) -> None:
        if self._plain.is_closing():
            return
        super().buffer_updated(nbytes)
        # asyncio itself pauses, where what it has read is not taken.
        if not self._ssl_reading_paused:  # type: ignore[attr-defined]
            self._plain.resume_reading()


def trust(transport: asyncio.BaseTransport) -> None:
    """Somebody with control has come by `transport`, maybe through TLS: see `TlsInTurns.trust`."""
    if (tls := transport.get_extra_info(_TLS)) is not None:
        tls.trust()


def distrust(transport: asyncio.BaseTransport, known: Hashable | None = None) -> None:
    """Whoever comes by `transport` now is nobody yet: the end of `trust`, which was of `known`."""
    if (tls := transport.get_extra_info(_TLS)) is not None:
        tls.distrust(known)
