"""A connection to a VNC viewer while it is let in: reads what it is asked for, and no more.

test_authentication tests it, and with TLS test_vencrypt.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

from desktopd.tls.in_turns import TlsInTurns, trust

CLOSE_DEADLINE = 2.0
Secured: TypeAlias = Callable[[asyncio.Protocol], TlsInTurns]


@contextlib.contextmanager
def without_frames() -> Iterator[None]:
    """Raise an error of a stream as a ConnectionError: it keeps its own, and that the frames.

    Among these is the picture that was being sent, which is free only once Python looks for it.
    """
    try:
        yield
    except OSError as error:
        raise ConnectionResetError(str(error)) from error.with_traceback(None)


class Channel(Protocol):
    """A connection to a viewer."""

    async def read(self, count: int) -> bytes:
        """Exactly `count` bytes; ConnectionError or IncompleteReadError when the viewer leaves."""

    async def write(self, data: bytes) -> None:
        """Send all of `data`."""


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
    async def open(cls, sock: socket.socket, secured: Secured | None) -> StreamChannel:
        """Go on with an accepted socket, with a TLS handshake first where `secured` makes one.

        Raises OSError, ssl.SSLError among them.
        """
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport: asyncio.Transport
        if secured is None:
            transport, _ = await loop.connect_accepted_socket(lambda: protocol, sock)
        else:
            transport = await secured(protocol).accept(sock)
        return cls(reader, asyncio.StreamWriter(transport, protocol, reader, loop))

    def trust(self) -> None:
        """Somebody with control has come by it: see TlsInTurns."""
        trust(self.writer.transport)

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
