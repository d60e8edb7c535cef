"""The application on a real server in a thread of its own, and what it logs while it is fuzzed."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from starlette.types import ASGIApp

from tests.unit.http.desktop import serving

MOST_LINES = 20
"""Lines of the log for one input: more is a flood."""


class Served(logging.Handler):
    """A server at `address`; hears what is logged."""

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(logging.INFO)
        self.address = address
        self.heard: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what a log would show."""
        self.heard.append(record)

    def send(self, *parts: bytes, answers: int = 0) -> bytes:
        """Send the parts on one connection, and read until the server ends it.

        Between two parts it reads `answers` bytes at least.
        """
        heard = b""
        with socket.create_connection(self.address, timeout=10) as connection:
            first, *rest = parts
            with suppress(ConnectionError):
                connection.sendall(first)
                while rest and len(heard) < answers and (data := connection.recv(65536)):
                    heard += data
                for part in rest:
                    connection.sendall(part)
                connection.shutdown(socket.SHUT_WR)
                while data := connection.recv(65536):
                    heard += data
        return heard

    def check(self) -> None:
        """AssertionError for an error or a flood since the last check, or where nobody answers."""
        heard, self.heard = self.heard, []
        errors = [self.format(record) for record in heard if record.levelno >= logging.ERROR]
        assert errors == []
        assert len(heard) <= MOST_LINES, f"{len(heard)} lines for one input"
        asked = b"GET /healthz HTTP/1.1\r\nHost: desk.test\r\nConnection: close\r\n\r\n"
        assert b" 200 " in self.send(asked)


@contextmanager
def served(app: ASGIApp) -> Iterator[Served]:
    """`app` on a free port of loopback."""
    loop, ready, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    found: list[Served] = []

    async def serve() -> None:
        async with serving(app) as server:
            found.append(Served(server.sockets[0].getsockname()))
            logging.getLogger().addHandler(found[0])
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(30)
    try:
        yield found[0]
    finally:
        logging.getLogger().removeHandler(found[0])
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()
