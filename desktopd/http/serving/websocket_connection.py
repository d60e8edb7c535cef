"""A WebSocket connection of uvicorn that no dead peer holds up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Hashable
from functools import partial
from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets import http11
from websockets.frames import CloseCode, Frame

from desktopd.http.serving.header_bounds import HEADER_LIMIT
from desktopd.http.serving.proxy import UNIX
from desktopd.http.serving.request_connection import CONNECTION
from desktopd.http.serving.takes_turns import TakesTurns
from desktopd.tls.in_turns import trust
from desktopd.turns import RequestTurns, Turn

SOCKET = "desktopd.socket"
"""Where the scope of a WebSocket has the socket by which it has come."""
TAKEN = "desktopd.taken"
"""Where it has what waits until little of what was sent has not been taken by the system."""
FLUSH_DEADLINE = 0.5
CLOSE_DEADLINE = 10.0
AT_ONCE, PIECE = 256, 1024
"""Bytes that are read at once of everybody, and of whoever is known already."""
# A page that is let in has its WebSockets let in: browsers send both the same cookies.
http11.MAX_LINE_LENGTH = HEADER_LIMIT


class WebSocketConnection(TakesTurns, WebSocketsSansIOProtocol):
    """Closed without waiting for a peer that takes nothing any more.

    Of what comes at once, more than AT_ONCE is read in `turns`, if they are given, piece by piece:
    it may hold thousands of frames, and takes as long as a hundred times its bytes in one.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn = Turn()
        self._unread: deque[bytes] = deque()

    def data_received(self, data: bytes) -> None:
        """Read what comes, all of it in its order."""
        if self.turns is None or (not self._unread and len(data) <= AT_ONCE):
            super().data_received(data)
            return
        waits = bool(self._unread)
        size = PIECE if self.known else AT_ONCE
        self._unread.extend(data[begin : begin + size] for begin in range(0, len(data), size))
        self.transport.pause_reading()
        if not waits:
            self._take_turn(self.turns)

    def _take_turn(self, turns: RequestTurns) -> None:
        known = self if self.known else None
        websocket = self if self.settled is not None and self.settled.is_set() else None
        read = partial(self._read_in_turn, turns)
        self._turn = turns.take(self._address, read, known=known, websocket=websocket)

    def _read_in_turn(self, turns: RequestTurns) -> None:
        if self.transport.is_closing():
            return
        super().data_received(self._unread.popleft())
        if self._unread:
            self._take_turn(turns)
        self._read_on()

    async def receive(self) -> Any:
        """The next message."""
        message = await self.queue.get()
        self._read_on()
        return message

    def _read_on(self) -> None:
        """Take more from the peer, once all that has come is read and heard."""
        if not self._unread and self.queue.empty():
            self.read_paused = False
            self.transport.resume_reading()

    def handle_cont(self, event: Frame) -> None:
        """Join the parts of a message as they come.

        Any number of them may be empty, and each that is kept takes up to fifty times its bytes.
        """
        (begun,) = self.frames
        joined = begun if isinstance(begun, bytearray) else bytearray(begun)
        joined += event.data
        self.frames = [bytes(joined) if event.fin else joined]  # type: ignore[list-item]
        if event.fin:
            self.send_receive_event_to_app()

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else UNIX

    def connection_lost(self, exc: Exception | None) -> None:
        """Its place is free, and nothing of it waits."""
        self._turn.cancel()
        self._unread.clear()
        if self.settled is not None:
            self.settled.set()
        super().connection_lost(exc)

    def handle_ping(self) -> None:
        """Answer, but for a peer that takes nothing: any number of answers would wait for it."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    async def run_asgi(self) -> None:
        """Have the application know how far what it sends has come."""
        scope = cast(Scope, self.scope)
        scope[SOCKET] = self.transport.get_extra_info("socket")
        scope[TAKEN] = self.writable.wait
        scope[CONNECTION] = self
        try:
            await super().run_asgi()
        finally:
            # So neither keeps the other until Python looks for what refers to itself alone.
            del scope[SOCKET], scope[TAKEN], scope[CONNECTION]

    def let_in(self, shown: bytes | None, who: Hashable) -> None:
        """Somebody with control has come by it."""
        self.known = True
        trust(self.transport)

    @property
    def was_let_in(self) -> bool:
        """Whether somebody with control has come in by it."""
        return self.known

    def break_off(self) -> None:
        """End it, whatever its peer has not taken."""
        self.transport.abort()

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

    def send_receive_event_to_app(self) -> None:
        """End who sends text that is no UTF-8 (RFC 6455, section 8.1): uvicorn logs a traceback."""
        if self.close_sent or self.curr_msg_data_type != "text" or _is_utf8(b"".join(self.frames)):
            super().send_receive_event_to_app()
        else:
            self.frames = []
            self.conn.send_close(CloseCode.INVALID_DATA)
            self.handle_parser_exception()

    async def send(self, message: Any) -> None:
        """Count a refusal as the end of the handshake, or uvicorn logs it as an error.

        The same for what is said to a peer that was cut off, as for frames that are none. Who has
        more to say to one that has gone is told so before the loop can tell it: he need not wait
        for anything between two messages.
        """
        if self.transport.is_closing() or (self.close_sent and self.initial_response is None):
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.accept" and self.settled is not None:
            self.settled.set()
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
