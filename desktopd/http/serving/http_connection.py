"""An HTTP connection of uvicorn with the bounds that it lacks: time and size of headers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Hashable
from functools import partial
from typing import Any, cast
from weakref import ref

from starlette.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from desktopd.http.serving.acquaintances import Acquaintances
from desktopd.http.serving.header_bounds import TOO_LONG, HeaderBounds
from desktopd.http.serving.leeway import Leeway
from desktopd.http.serving.lingering_transport import LingeringTransport
from desktopd.http.serving.proxy import UNIX
from desktopd.http.serving.request_connection import CONNECTION
from desktopd.http.serving.request_parser import RequestParser
from desktopd.http.serving.takes_turns import TakesTurns
from desktopd.refusals import Refusals
from desktopd.sockets import adapt
from desktopd.tls.in_turns import distrust, trust
from desktopd.turns import RequestTurns, Turn

log = logging.getLogger(__name__)

HEADER_DEADLINE = 10.0
MOST_WAITING = 16
"""Requests behind one that is not answered yet; browsers and proxies send none."""


class Exchange:
    """A request and its answer, on the connection by which they go.

    The request's scope has this, and neither keeps the other: the headers of thousands stayed until
    Python looked for what refers to itself alone.
    """

    def __init__(self, connection: HttpConnection, cycle: RequestResponseCycle) -> None:
        self._connection = connection
        self._cycle = ref(cycle)

    def let_in(self, shown: bytes | None, who: Hashable) -> None:
        """Give the place of a stranger back."""
        self._connection.settle(shown, who)

    def break_off(self) -> None:
        """Close the connection without a word of uvicorn's about an answer that is incomplete."""
        if (cycle := self._cycle()) is not None:
            cycle.disconnected = True
        self._connection.transport.close()
        self._connection.expect_taken()

    @property
    def was_let_in(self) -> bool:
        """Whether somebody has come in by the connection."""
        return self._connection.settled.is_set()


class HttpConnection(HttpToolsProtocol):
    """Closed when the headers of a request are not there 10 s after it began.

    The same holds for a connection that sends nothing; one that is answered before all of a request
    is there ends with that. More headers than HeaderBounds bears are refused with status 431. Once
    an answer is whole, its client has to take some of it every TAKE_DEADLINE seconds, a stranger of
    every answer. Which peers speak no HTTP is told as `refusals` says. `settled` is set once
    somebody is let in, or the connection is over. What comes is read in `turns` until its request
    is let in, each anew: of a link that was revoked, connections are left, and those of a proxy are
    everybody's.
    """

    def __init__(
        self,
        *args: Any,
        refusals: Refusals,
        turns: RequestTurns,
        acquaintances: Acquaintances,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.parser = cast(Any, RequestParser(self))
        # Any number of strangers can have uvicorn warn, and it does not say who they are.
        self.logger = logging.getLogger("uvicorn.error.connection")
        self.logger.setLevel(logging.ERROR)
        self.settled = asyncio.Event()
        self._refusals = refusals
        self._turns = turns
        self._acquaintances = acquaintances
        self._who: Hashable | None = None
        self._running: RequestResponseCycle | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._turn = Turn()
        self._bounds = HeaderBounds()
        self._request_goes_on = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect the first request."""
        self._plain = transport
        self._leeway = Leeway(transport)
        adapt(transport.get_extra_info("socket"))
        connection = ref(self)
        lingering = LingeringTransport(transport, lambda: _request_goes_on(connection()))
        super().connection_made(cast(asyncio.Transport, lingering))
        self._expect_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock, and wait for no turn."""
        self._turn.cancel()
        self.settled.set()
        self._stop_clock()
        self._leeway.end()
        if self._running is not None:
            # uvicorn tells the last one alone, which may wait behind it.
            self._running.disconnected = True
            self._running.message_event.set()
        super().connection_lost(exc)
        self._forget()

    def _forget(self) -> None:
        """Let go of all requests; what refers to itself alone may stay for long."""
        self.parser = cast(Any, None)
        self.cycle, self.scope, self.headers = None, None, []  # type: ignore[assignment]
        self._running = None
        self.pipeline.clear()

    def pause_writing(self) -> None:
        """As much waits for it as may."""
        super().pause_writing()
        self._leeway.pause()

    def resume_writing(self) -> None:
        """It takes what it is sent."""
        self._leeway.resume()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Read what comes, of requests that are not let in yet when it is their turn."""
        if self._leeway.trusted:
            self._read(data)
        else:
            self._plain.pause_reading()
            known = self._acquaintances.known(data)
            read = partial(self._read_in_turn, data)
            self._turn = self._turns.take(self._address, read, known=known)

    def settle(self, shown: bytes | None, who: Hashable) -> None:
        """Somebody is let in, by a header of which `shown` is the value, or by something else."""
        self.settled.set()
        self._who = who
        self._leeway.trust()
        trust(self._plain)
        if shown is not None:
            self._acquaintances.remember(shown, who)

    def _read_in_turn(self, data: bytes) -> None:
        self._read(data)
        if not self.flow.read_paused:
            self._plain.resume_reading()

    def _read(self, data: bytes) -> None:
        """Count what belongs to headers that are still incomplete."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self._deadline is None:
            return
        if not self._bounds.receive(len(data)) and not self.transport.is_closing():
            self._refuse()

    def on_message_begin(self) -> None:
        """A request begins, maybe in the middle of what was received.

        Each that waits takes some hundred times the bytes that it came by.
        """
        if len(self.pipeline) >= MOST_WAITING:
            self.transport.abort()
            raise ConnectionAbortedError("too many requests wait for an answer")
        super().on_message_begin()
        if self._leeway.trusted:
            self._leeway.distrust()
            distrust(self._plain, self._who)
        self._request_goes_on = True
        self._expect_headers()

    def on_url(self, url: bytes) -> None:
        """Take a piece of the address."""
        super().on_url(url)
        if not self._bounds.add_url(len(url)):
            self._refuse()
            raise ConnectionAbortedError("too long an address")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one of so many; what follows a body (RFC 9112 section 7.1.2) is read by nobody."""
        if self._deadline is None:
            return
        super().on_header(name, value)
        if not self._bounds.add(self.headers[-1][0], len(value)):
            self._refuse()
            raise ConnectionAbortedError("too many headers, or too long ones")

    def on_headers_complete(self) -> None:
        """From here on it is for the application to set bounds."""
        self._stop_clock()
        if self._is_read_again:
            if self.parser.get_method() == b"CONNECT":
                raise ConnectionAbortedError("no proxy")
            return
        if self.parser.get_http_version() == "1.0":
            # Its client would take a 100 for the answer (RFC 9110 section 10.1.1).
            self.expect_100_continue = False
        super().on_headers_complete()
        if self.cycle is not None and self.cycle.scope is self.scope:
            cast(Scope, self.scope)[CONNECTION] = Exchange(self, self.cycle)
            # Until all of it is there: on_message_complete.
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """All of a request is there, so it is known where the next one begins.

        Whoever is answered before that may leave its end out, or say in it that nothing follows.
        A proxy would send somebody else's request behind it.
        """
        if self._is_read_again:
            return
        self._request_goes_on = False
        cycle = self.cycle
        if cycle is not None and cycle.scope is self.scope and not cycle.response_started:
            is_old = self.parser.get_http_version() == "1.0"
            cycle.keep_alive = not is_old and self.parser.should_keep_alive()
        super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        self._leeway.begin()
        super()._start_asgi_task(cycle, app)

    @property
    def _is_read_again(self) -> bool:
        """Whether RequestParser is about to read the request without what it asks for."""
        return self.parser.should_upgrade() and not self.becomes_websocket()

    def becomes_websocket(self) -> bool:
        """See RequestReader."""
        return self._should_upgrade()

    def plain_headers(self) -> bytes:
        """See RequestReader."""
        line = b"%b %b HTTP/%b\r\n" % (
            self.parser.get_method(),
            self.url,
            self.parser.get_http_version().encode(),
        )
        kept = (b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade")
        return line + b"".join(kept) + b"\r\n"

    def on_response_complete(self) -> None:
        """Do not keep for ever what its client does not take."""
        # Before the next one begins, which may be waiting already.
        self.expect_taken()
        super().on_response_complete()

    def handle_websocket_upgrade(self) -> None:
        """End what the WebSocket library refuses to read: uvicorn would leave it open for ever.

        And what comes before the last answer is whole: that one would wait for ever.
        """
        self.transport = self._plain
        if self.cycle is not None and not self.cycle.response_complete:
            self._plain.abort()
            return
        # Whoever came by this connection before, as by a proxy's, may be somebody else.
        known = self._acquaintances.known(self.plain_headers()) is not None
        self._leeway.trust()
        self._leeway.end()
        super().handle_websocket_upgrade()
        websocket = self.transport.get_protocol()
        if isinstance(websocket, TakesTurns):
            websocket.turns, websocket.known = self._turns, known
            # Those who watch are counted as such, and whoever may not have one until he is gone.
            websocket.settled = self.settled
        if isinstance(websocket, WebSocketsSansIOProtocol) and not websocket.handshake_initiated:
            self.transport.write(b"".join(websocket.conn.data_to_send()))
            self.transport.close()
        self._forget()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        if self.transport.is_closing():
            return
        if self._refusals.is_new(self._address, msg):
            log.warning("%s: what it sends is no HTTP (https where it is not?)", self._address)
        if self._is_in_turn:
            super().send_400_response(msg)
        else:
            self.transport.close()

    def expect_taken(self) -> None:
        """Wait for what is left to be taken, for as long as some of it is."""
        self._leeway.expect_taken()

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else UNIX

    def abort(self) -> None:
        """End the connection at once, if it has begun."""
        if self.transport is not None:
            self.transport.abort()

    def _expect_headers(self) -> None:
        self._stop_clock()
        self._bounds.begin(cast(Scope, cycle.scope) for cycle, _ in self.pipeline)
        self._deadline = self.loop.call_later(HEADER_DEADLINE, self.transport.abort)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    @property
    def _is_in_turn(self) -> bool:
        """Whether what is sent now is taken for the answer to what is being read."""
        last = self.cycle
        if last is not None and last.more_body:
            return not (last.response_started or self.pipeline)
        return last is None or last.response_complete

    def _refuse(self) -> None:
        """End a request that does not get to its end, with an answer if that is not out of turn."""
        if self._is_in_turn:
            self.transport.write(TOO_LONG)
        self.transport.close()


def _request_goes_on(connection: HttpConnection | None) -> bool:
    return connection is not None and connection._request_goes_on
