"""Connections of uvicorn with the bounds that it lacks: time and size of headers, dead peers."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

HEADER_DEADLINE = 10.0
HEADER_LIMIT = 65_536
FLUSH_DEADLINE = 0.5
CLOSE_DEADLINE = 10.0


class HttpConnection(HttpToolsProtocol):
    """Closed when the headers of a request are not there 10 s after it began.

    The same holds for a body that nobody reads any more, and for a connection that sends
    nothing. Headers that go on after 64 KiB are refused.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect the first request."""
        super().connection_made(transport)
        self._expect_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to headers that are still incomplete."""
        super().data_received(data)
        if self._deadline is None:
            return
        self._received += len(data)
        if self._received > HEADER_LIMIT and not self.transport.is_closing():
            self._refuse(431)

    def on_message_begin(self) -> None:
        """A request begins, maybe in the middle of what was received."""
        super().on_message_begin()
        self._expect_headers()

    def on_headers_complete(self) -> None:
        """From here on it is for the application to set bounds."""
        self._stop_clock()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Do not let a client go on with a body that was answered already."""
        unread = self.cycle.response_complete and self.cycle.more_body
        super().on_response_complete()
        if unread:
            self._expect_headers()

    def handle_websocket_upgrade(self) -> None:
        """End what the WebSocket library refuses to read: uvicorn would leave it open for ever."""
        super().handle_websocket_upgrade()
        websocket = self.transport.get_protocol()
        if isinstance(websocket, WebSocketsSansIOProtocol) and not websocket.handshake_initiated:
            self.transport.write(b"".join(websocket.conn.data_to_send()))
            self.transport.close()

    def _expect_headers(self) -> None:
        self._stop_clock()
        self._received = 0
        self._deadline = self.loop.call_later(HEADER_DEADLINE, self.transport.abort)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: int) -> None:
        self.transport.write(
            STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n"
        )
        self.transport.close()


class WebSocketConnection(WebSocketsSansIOProtocol):
    """Closed without waiting for a peer that takes nothing any more."""

    def keepalive_timeout(self) -> None:
        """No pong: a close would wait for a full write buffer to drain."""
        super().keepalive_timeout()
        self.transport.abort()

    def shutdown(self) -> None:
        """The server stops: give the peer a moment to read that."""
        super().shutdown()
        self.loop.call_later(FLUSH_DEADLINE, self.transport.abort)

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """The application has ended it: the peer has 10 s to take what is left."""
        super().on_task_complete(task)
        self.loop.call_later(CLOSE_DEADLINE, self.transport.abort)

    async def send(self, message: Any) -> None:
        """Count a refusal as the end of the handshake, or uvicorn logs it as an error."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True
