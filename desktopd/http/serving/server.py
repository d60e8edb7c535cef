"""Runs the application on uvicorn, inside the event loop of the caller."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from desktopd.budgets import Budget, Share
from desktopd.http.serving.accept_loop import AcceptLoop
from desktopd.http.serving.acquaintances import Acquaintances
from desktopd.http.serving.http_connection import HttpConnection
from desktopd.http.serving.listening_sockets import is_unix, keep_for_localhost, url
from desktopd.http.serving.scrub import scrubbed_logs
from desktopd.http.serving.websocket_connection import WebSocketConnection
from desktopd.refusals import Refusals
from desktopd.turns import RequestTurns

log = logging.getLogger(__name__)

MESSAGE_LIMIT = 2 * 1024 * 1024
PING = 10.0
"""Seconds between two pings: with `PONG`, whoever takes nothing is gone within 30 s."""
PONG = 20.0
MOST_CONNECTIONS = 1000
"""Connections at one moment by which nobody has been let in, unless another number is given."""


class HttpServer:
    """Serves `app` on listening `sockets`; installs no signal handlers.

    With `tls` it serves https. Whoever is not let in yet has a place of `strangers`. Raises
    ListenError where somebody else listens on `localhost` at the port.
    """

    def __init__(
        self,
        app: ASGIApp,
        sockets: Sequence[socket.socket],
        *,
        tls: ssl.SSLContext | None = None,
        strangers: Share | None = None,
        access_log: bool = False,
    ) -> None:
        self.sockets = list(sockets)
        self._kept = keep_for_localhost(self.sockets)
        self.addresses = tuple(url(s, "https" if tls else "http") for s in sockets)
        self._files = [Path(s.getsockname()) for s in sockets if is_unix(s)]
        self._ended = asyncio.Event()
        self._ended.set()
        config = _config(app, access_log=access_log)
        config.load()
        config.ssl = tls
        places = strangers or Share(Budget.CONNECTIONS, MOST_CONNECTIONS)
        self._uvicorn = _Uvicorn(config, places)

    async def serve(self) -> None:
        """Serve until `stop`."""
        if self._uvicorn.should_exit:
            return
        self._ended.clear()
        try:
            with scrubbed_logs():
                log.info("serving on %s", ", ".join(self.addresses))
                await self._uvicorn.serve(self.sockets)
                await self._uvicorn.end_leftovers()
        finally:
            self._ended.set()

    async def stop(self) -> None:
        """Close every connection within 2 seconds, WebSockets with code 1012."""
        self._uvicorn.should_exit = True
        await self._ended.wait()
        self._close()

    def _close(self) -> None:
        for sock in filter(None, (*self.sockets, self._kept)):
            sock.close()
        for path in self._files:
            path.unlink(missing_ok=True)


def _config(app: ASGIApp, *, access_log: bool) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=HttpConnection,
        ws=WebSocketConnection,
        ws_max_size=MESSAGE_LIMIT,
        ws_ping_interval=PING,
        ws_ping_timeout=PONG,
        ws_per_message_deflate=False,
        lifespan="off",
        interface="asgi3",
        log_config=None,
        # Never DEBUG: the WebSocket library would log every header.
        log_level=logging.INFO if access_log else logging.WARNING,
        access_log=access_log,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


class _Uvicorn(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, strangers: Share) -> None:
        super().__init__(config)
        self._strangers = strangers
        self._loops: list[AcceptLoop] = []

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the daemon."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen by loops of our own: uvicorn has neither places nor deadlines before a request."""
        turns = RequestTurns()
        make = partial(
            HttpConnection,
            config=self.config,
            server_state=self.server_state,
            app_state={},
            refusals=Refusals(),
            turns=turns,
            acquaintances=Acquaintances(),
        )
        tls = self.config.ssl
        self.servers = []
        self._loops = [
            AcceptLoop(sock, make, self._strangers, turns, tls) for sock in sockets or []
        ]
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, and end what there is."""
        for loop in self._loops:
            await loop.close()
        await super().shutdown(sockets)

    async def end_leftovers(self) -> None:
        """Cut off who is still there after the graceful end, and let the tasks finish."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        if self.server_state.tasks:
            await asyncio.wait(set(self.server_state.tasks), timeout=0.5)
