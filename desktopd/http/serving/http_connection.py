"""An HTTP connection of uvicorn with the bounds that it lacks: time and size of headers."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from desktopd.http.serving.lingering_transport import LingeringTransport
from desktopd.sockets import adapt

HEADER_DEADLINE = 10.0
HEADER_LIMIT = 65_536
TAKE_DEADLINE = 30.0
_TEXT = b"Over 64 KiB of headers. Delete the cookies of this address, and come again.\n"
_TOO_LONG = b"content-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (
    len(_TEXT),
    _TEXT,
)


class HttpConnection(HttpToolsProtocol):
    """Closed when the headers of a request are not there 10 s after it began.

    The same holds for a body that nobody reads any more, and for a connection that sends
    nothing. Headers that go on after 64 KiB are refused with status 431. Once an answer is whole,
    its client has to take some of it every TAKE_DEADLINE seconds.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._received = 0
        self._request_goes_on = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect the first request."""
        self._plain = transport
        adapt(transport.get_extra_info("socket"))
        lingering = LingeringTransport(transport, lambda: self._request_goes_on)
        super().connection_made(cast(asyncio.Transport, lingering))
        self._expect_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to headers that are still incomplete."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self._deadline is None:
            return
        self._received += len(data)
        if self._received > HEADER_LIMIT and not self.transport.is_closing():
            self._refuse()

    def on_message_begin(self) -> None:
        """A request begins, maybe in the middle of what was received."""
        super().on_message_begin()
        self._request_goes_on = True
        self._expect_headers()

    def on_headers_complete(self) -> None:
        """From here on it is for the application to set bounds."""
        self._stop_clock()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of a request is there."""
        self._request_goes_on = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Do not let a client go on with a body that was answered already."""
        unread = self.cycle.response_complete and self.cycle.more_body
        super().on_response_complete()
        if unread:
            self._expect_headers()
        self._expect_taken()

    def handle_websocket_upgrade(self) -> None:
        """End what the WebSocket library refuses to read: uvicorn would leave it open for ever."""
        self.transport = self._plain
        super().handle_websocket_upgrade()
        websocket = self.transport.get_protocol()
        if isinstance(websocket, WebSocketsSansIOProtocol) and not websocket.handshake_initiated:
            self.transport.write(b"".join(websocket.conn.data_to_send()))
            self.transport.close()

    def _expect_headers(self) -> None:
        self._stop_clock()
        self._received = 0
        self._deadline = self.loop.call_later(HEADER_DEADLINE, self.transport.abort)

    def _expect_taken(self, left_before: int = 0) -> None:
        """Do not keep what a client has asked for and never takes; a close would wait for it."""
        left = self._plain.get_write_buffer_size()
        if left and left == left_before:
            self._plain.abort()
        elif left:
            self.loop.call_later(TAKE_DEADLINE, self._expect_taken, left)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self) -> None:
        """End a request that does not get to its end, with an answer if that is not out of turn."""
        before = self.cycle
        if before is None or (before.response_complete and not before.more_body):
            self.transport.write(STATUS_LINE[431] + _TOO_LONG)
        self.transport.close()
