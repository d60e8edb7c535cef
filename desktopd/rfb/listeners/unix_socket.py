"""A unix socket for viewers on this machine: whoever can open it has control."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress
from pathlib import Path

from desktopd.background_tasks import BackgroundTasks
from desktopd.descriptors import connections
from desktopd.errors import DisplayUnavailable, ListenError
from desktopd.rfb.listeners.channel import without_frames
from desktopd.rfb.protocol import fences
from desktopd.rfb.protocol.handshake import VERSION_LENGTH, Version
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.server_handshake import ServerHandshake
from desktopd.rfb.rfb_server import RfbServer
from desktopd.rfb.viewers.people import Visitor
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.sockets import listen_unix

log = logging.getLogger(__name__)

REFUSAL_DEADLINE = 5.0
_READ = 65536
_WRITE_HIGH = 65536
# Seconds after which who makes messages of this stream, as websockify does, has read so far. They
# count as the link's: no measurement tells more than the least update (3 KB) in that time.
_APART = 0.001


class StreamTransport:
    """A viewer's socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        writer.transport.set_write_buffer_limits(_WRITE_HIGH)

    @property
    def unacknowledged(self) -> int:
        """See Transport."""
        return 0

    async def receive(self) -> bytes | None:
        """The next bytes; None when the viewer has left."""
        with without_frames():
            return await self._reader.read(_READ) or None

    async def send(self, data: bytes) -> None:
        """Return when more may be sent; ConnectionError when the viewer has left."""
        self._writer.write(data)
        with without_frames():
            await self._writer.drain()
        if fences.ends_message(data):
            # In one message with what follows it, its answer would not tell when it came.
            await asyncio.sleep(_APART)


class UnixSocketListener:
    """Listens at `path`, from now on and for its user alone; viewers are those of `server`.

    Raises ListenError where the path cannot be used, or something else listens there.
    """

    def __init__(self, path: Path, server: RfbServer, viewers: Viewers) -> None:
        try:
            self._sock = listen_unix(path)
        except OSError as error:
            reason = error.strerror or error
            raise ListenError(f"rfb_socket={path}: {reason}; choose another path") from None
        self.path = path
        self._server = server
        self._viewers = viewers
        self._connections = BackgroundTasks()

    async def serve(self) -> None:
        """Serve until cancelled; then every connection is closed, and the file removed."""
        try:
            async for sock, _ in connections(self._sock, f"a viewer on {self.path}"):
                self._connections.start(self._connection(sock))
        finally:
            self._sock.close()
            self.path.unlink(missing_ok=True)
            await self._connections.end()

    async def _connection(self, sock: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=sock)
        try:
            await self._serve(reader, writer)
        finally:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            connection = await self._server.connect()
        except DisplayUnavailable as error:
            log.info("a viewer is sent away: %s", error)
            await _refuse(reader, writer, str(error))
            return
        viewer = Viewer(role=Role.CONTROL, address="local", path=self._server.path)
        with self._viewers.add(viewer, Visitor.unnamed(viewer.role)):
            viewer.ending = await connection.serve(StreamTransport(reader, writer), viewer)


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, reason: str) -> None:
    """Tell a viewer why it is not let in; one that is no viewer, or slow, is not told."""
    handshake = ServerHandshake()
    with suppress(OSError, asyncio.IncompleteReadError, ProtocolError):
        async with asyncio.timeout(REFUSAL_DEADLINE):
            writer.write(handshake.greeting)
            handshake.version = Version.parse(await reader.readexactly(VERSION_LENGTH)).spoken
            writer.write(handshake.refuse(reason))
            writer.close()
            await writer.wait_closed()
