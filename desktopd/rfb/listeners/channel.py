"""Connections to a VNC viewer: while it is let in, and as the relay wants it then."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl

from desktopd.rfb.listeners.authentication import GREETING
from desktopd.rfb.protocol.handshake import VERSION_LENGTH, SecurityType

log = logging.getLogger(__name__)

CLOSE_DEADLINE = 2.0
_READ = 64 * 1024


class SocketChannel:
    """A channel that takes nothing from the kernel that it was not asked for."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    async def read(self, count: int) -> bytes:
        """Exactly `count` bytes."""
        data = b""
        while len(data) < count:
            more = await asyncio.get_running_loop().sock_recv(self._sock, count - len(data))
            if not more:
                raise asyncio.IncompleteReadError(data, count)
            data += more
        return data

    async def write(self, data: bytes) -> None:
        """Send all of `data`."""
        await asyncio.get_running_loop().sock_sendall(self._sock, data)


class StreamChannel:
    """A channel with or without TLS."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, sock: socket.socket, tls: ssl.SSLContext | None) -> StreamChannel:
        """Go on with an accepted socket, with a TLS handshake first where `tls` is given.

        Raises OSError, ssl.SSLError among them.
        """
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, sock, ssl=tls)
        return cls(reader, asyncio.StreamWriter(transport, protocol, reader, loop))

    async def read(self, count: int) -> bytes:
        """Exactly `count` bytes."""
        return await self.reader.readexactly(count)

    async def write(self, data: bytes) -> None:
        """Send all of `data`."""
        self.writer.write(data)
        await self.writer.drain()

    async def close(self) -> None:
        """Close once the viewer has what was sent last, or does not take it in time."""
        self.writer.close()
        with contextlib.suppress(OSError):
            async with asyncio.timeout(CLOSE_DEADLINE):
                await self.writer.wait_closed()
        self.writer.transport.abort()


class AuthenticatedTransport:
    """A viewer that is in, as the relay wants it: one that begins with the handshake.

    It speaks RFB 3.8 to the session's server, without a password, whatever the viewer spoke.
    """

    def __init__(self, streams: StreamChannel) -> None:
        self._streams = streams
        self._told = [GREETING, bytes([SecurityType.NONE])]
        self._heard: bytearray | None = bytearray()

    async def receive(self) -> bytes | None:
        """The next bytes of the viewer; None when it has left."""
        if self._told:
            return self._told.pop(0)
        try:
            return await self._streams.reader.read(_READ) or None
        except OSError:
            # What TLS says of a connection that broke.
            return None

    async def send(self, data: bytes) -> None:
        """Send what follows the handshake of the server; ConnectionError when that fails."""
        if self._heard is not None:
            self._heard += data
            if (length := _handshake_length(self._heard)) is None:
                return
            data, self._heard = bytes(self._heard[length:]), None
        if data:
            try:
                await self._streams.write(data)
            except OSError as error:
                raise ConnectionResetError(str(error)) from None


def _handshake_length(heard: bytearray) -> int | None:
    """Length of greeting, security types and SecurityResult; None while they are not all there.

    ConnectionError when the server lets nobody in (RFC 6143 sections 7.1.2 and 7.1.3).
    """
    if len(heard) <= VERSION_LENGTH:
        return None
    count = heard[VERSION_LENGTH]
    length = VERSION_LENGTH + 1 + count + 4
    if count and len(heard) < length:
        return None
    if not count or any(heard[length - 4 : length]):
        log.error("the RFB server of the session lets nobody in: %r", bytes(heard))
        raise ConnectionAbortedError("the RFB server lets nobody in")
    return length
