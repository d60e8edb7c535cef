"""The companion's socket and its thread: connections, and nothing of napari."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path

from desktopd.integrations.napari.protocol import CompanionRequest, Failure, Requests

MOST_UNSENT = 64 << 20

Answer = Callable[[bytes], None]


class Server:
    """Takes the daemon's requests on a unix socket, in a thread with a loop of its own.

    `asked` is called in that thread with a request and how to answer it, which may be done later
    and in any thread; `greeting` makes the first line of a connection.
    """

    def __init__(
        self,
        path: Path,
        asked: Callable[[CompanionRequest, Answer], None],
        greeting: Callable[[], bytes],
    ) -> None:
        self._path = path
        self._asked = asked
        self._greeting = greeting
        self._connections: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="desktopd companion", daemon=True)

    def start(self) -> None:
        """Listen; raises OSError where the socket cannot be made."""
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(self._path))
        self._path.chmod(0o600)
        self._thread.start()
        serve = asyncio.start_unix_server(self._connected, sock=listener)
        asyncio.run_coroutine_threadsafe(serve, self._loop).result()

    def tell(self, line: bytes) -> None:
        """Send a line to everybody connected. To be called in any thread."""
        self._loop.call_soon_threadsafe(self._send_to_all, line)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if _user(writer) not in (os.getuid(), 0):
            writer.close()
            return
        self._connections.add(writer)
        _send(writer, self._greeting())
        requests = Requests()
        try:
            while data := await reader.read(65536):
                for request in requests.feed(data):
                    self._asked(request, self._answer(writer))
        except (Failure, ConnectionError):
            # What follows a line that is no request cannot be understood either.
            pass
        finally:
            self._connections.discard(writer)
            writer.close()

    def _answer(self, writer: asyncio.StreamWriter) -> Answer:
        def answer(line: bytes) -> None:
            self._loop.call_soon_threadsafe(_send, writer, line)

        return answer

    def _send_to_all(self, line: bytes) -> None:
        for writer in self._connections:
            _send(writer, line)


def _send(writer: asyncio.StreamWriter, line: bytes) -> None:
    if writer.transport.is_closing():
        return
    if writer.transport.get_write_buffer_size() > MOST_UNSENT:
        writer.transport.abort()
    else:
        writer.write(line)


def _user(writer: asyncio.StreamWriter) -> int:
    """The user at the other end, as the kernel tells (unix(7), SO_PEERCRED)."""
    size = struct.calcsize("3i")
    peer = writer.get_extra_info("socket")
    _, user, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(user)
