"""Accepts the connections of one listening socket, where strangers have so many places."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable

from desktopd.background_tasks import BackgroundTasks
from desktopd.budgets import Displaced, Share
from desktopd.descriptors import connections
from desktopd.http.serving.http_connection import HEADER_DEADLINE, HttpConnection
from desktopd.http.serving.listening_sockets import is_unix
from desktopd.http.serving.proxy import UNIX
from desktopd.tls.in_turns import TlsInTurns
from desktopd.turns import RequestTurns

log = logging.getLogger(__name__)


class AcceptLoop:
    """Gives each connection of `sock` a protocol by `make`, until `close`.

    A connection has a place of `strangers` from its TLS handshake on, until somebody is let in by
    it: whoever opens many closes his own oldest, and a proxy in front of us loses none by which
    its users have come.
    """

    def __init__(
        self,
        sock: socket.socket,
        make: Callable[[], HttpConnection],
        strangers: Share,
        turns: RequestTurns,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._socket = sock
        self._make = make
        self._strangers = strangers
        self._turns = turns
        self._tls = tls
        self._connections = BackgroundTasks()
        sock.setblocking(False)
        self._accepting = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Accept no more; what is open stays so."""
        self._accepting.cancel()
        await asyncio.wait([self._accepting])
        await self._connections.end()

    async def _run(self) -> None:
        async for sock, peer in connections(self._socket, "a connection"):
            self._connections.start(self._keep(sock, UNIX if is_unix(sock) else str(peer[0])))

    async def _keep(self, sock: socket.socket, address: str) -> None:
        """Hold a place for a connection for as long as nobody is let in by it."""
        connection = self._make()
        try:
            async with self._strangers.place(address):
                await self._connect(sock, connection, address)
                await connection.settled.wait()
        except Displaced:
            connection.abort()
            sock.close()
        except OSError as error:
            log.debug("%s: no TLS handshake: %s", address, error)
            sock.close()

    async def _connect(self, sock: socket.socket, connection: HttpConnection, address: str) -> None:
        """Give `connection` the socket, through TLS if that is asked for; raises OSError."""
        if self._tls is None:
            loop = asyncio.get_running_loop()
            await loop.connect_accepted_socket(lambda: connection, sock)
        else:
            turns, seconds = self._turns, HEADER_DEADLINE
            await TlsInTurns(connection, self._tls, turns, address, seconds=seconds).accept(sock)
