"""A unix socket for viewers on this machine, served by the native server."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from desktopd.rfb.protocol import fences
from desktopd.rfb.relay.relay import NoDisplay
from desktopd.rfb.viewers.connection import Ending, Transport
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer, Viewers

log = logging.getLogger(__name__)

_READ = 65536
_WRITE_HIGH = 65536
# Seconds after which who makes messages of this stream, as websockify does, has read so far. They
# count as the link's: no measurement tells more than the least update (3 KB) in that time.
_APART = 0.001


class RfbServer(Protocol):
    """What serves the viewers."""

    async def serve(self, transport: Transport, viewer: Viewer) -> Ending:
        """Serve one viewer until one of us ends it; NoDisplay while there is nothing to show."""


class StreamTransport:
    """A viewer's socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        writer.transport.set_write_buffer_limits(_WRITE_HIGH)

    async def receive(self) -> bytes | None:
        """The next bytes; None when the viewer has left."""
        return await self._reader.read(_READ) or None

    async def send(self, data: bytes) -> None:
        """Return when more may be sent; ConnectionError when the viewer has left."""
        self._writer.write(data)
        await self._writer.drain()
        if fences.ends_message(data):
            await asyncio.sleep(_APART)


def _remove_dead(path: Path) -> None:
    """Remove a socket that nobody listens at any more."""
    if not os.path.lexists(path):
        return
    if not path.is_socket():
        raise FileExistsError(errno.EEXIST, "exists and is no socket", str(path))
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise OSError(errno.EADDRINUSE, "something listens there", str(path))


class UnixSocketListener:
    """Listens for as long as its block runs; whoever can open the socket has control."""

    def __init__(self, path: Path, server: RfbServer, viewers: Viewers) -> None:
        self._path = path
        self._server = server
        self._viewers = viewers
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Raises OSError where the path cannot be used, or something else listens there."""
        _remove_dead(self._path)
        mask = os.umask(0o177)
        try:
            self._listener = await asyncio.start_unix_server(self._connected, self._path)
        finally:
            os.umask(mask)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()
        self._path.unlink(missing_ok=True)
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        viewer = Viewer(role=Role.CONTROL, address="local", path=PixelPath.NATIVE)
        try:
            with self._viewers.add(viewer):
                ending = await self._server.serve(StreamTransport(reader, writer), viewer)
            log.info("viewer %s left: %s", viewer.id, ending)
        except NoDisplay as error:
            log.info("a viewer is sent away: %s", error)
        except asyncio.CancelledError:
            log.debug("viewer %s is cut off", viewer.id)
        finally:
            self._connections.discard(task)
            writer.transport.abort()
