"""A viewer that has shown already who it is, as an RFB server wants it: with a handshake first."""

from __future__ import annotations

import asyncio
import logging

from desktopd.rfb.listeners.channel import StreamChannel, without_frames
from desktopd.rfb.protocol.client_handshake import ClientHandshake
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.sockets import unacknowledged

log = logging.getLogger(__name__)

_READ = 64 * 1024


class AuthenticatedTransport:
    """Speaks RFB 3.8 to the desktop's server, without a password, whatever the viewer spoke.

    The viewer says and hears what follows SecurityResult.
    """

    def __init__(self, streams: StreamChannel) -> None:
        self._streams = streams
        self._handshake = ClientHandshake()
        # What this side of the handshake says; empty bytes tell that it is over.
        self._answers: asyncio.Queue[bytes] | None = asyncio.Queue()

    @property
    def unacknowledged(self) -> int:
        """See Transport."""
        return unacknowledged(self._streams.writer.get_extra_info("socket"))

    async def receive(self) -> bytes | None:
        """The next bytes of the viewer; None when it has left."""
        if self._answers is not None:
            if answer := await self._answers.get():
                return answer
            self._answers = None
        try:
            return await self._streams.reader.read(_READ) or None
        except OSError:
            # What TLS says of a connection that broke.
            return None

    async def send(self, data: bytes) -> None:
        """Send what follows the handshake of the server; ConnectionError when that fails."""
        if not self._handshake.done:
            data = self._shake_hands(data)
        if data:
            with without_frames():
                await self._streams.write(data)

    def _shake_hands(self, data: bytes) -> bytes:
        """Answer the server; returns what it has said beyond the handshake."""
        assert self._answers is not None
        try:
            answer = self._handshake.feed(data)
        except ProtocolError as error:
            log.error("a viewer that was let in cannot be served: %s", error)
            raise ConnectionAbortedError(str(error)) from None
        if answer:
            self._answers.put_nowait(answer)
        if self._handshake.done:
            self._answers.put_nowait(b"")
        return self._handshake.rest
