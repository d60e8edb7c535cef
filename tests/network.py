"""A network to a daemon that a test can cut: nothing arrives then, and nothing ends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Network:
    """Listens on a free port of loopback, and forwards to a port while it works."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._works = threading.Event()
        self._works.set()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)

    def cut(self) -> None:
        """Let nothing through any more, either way, of connections new and old."""
        self._works.clear()

    def heal(self) -> None:
        """Let everything through, also what has been sent in the meantime."""
        self._works.set()

    def close(self) -> None:
        """End every connection."""
        self.heal()
        for sock in (self._listener, *self._sockets):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for sock in (self._listener, *self._sockets):
            sock.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                self._sockets += [client, server]
                self._start(self._forward, client, server)
                self._start(self._forward, server, client)

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._works.wait()
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _start(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()


@contextmanager
def network(port: int) -> Iterator[Network]:
    """A network to a port of this machine."""
    one = Network(port)
    try:
        yield one
    finally:
        one.close()
