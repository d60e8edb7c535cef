"""The application on a real server of loopback, and what it logs while it is fuzzed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from starlette.types import ASGIApp

from desktopd.http.serving.server import HttpServer
from tests.unit.http.desktop import opened, serving

MOST_LINES = 20
"""Lines of the log for one input: more is a flood."""
ASK_EVERY = 50
"""Inputs between two questions whether the server still answers."""
LONGEST_ANSWER = 30.0


class Served(logging.Handler):
    """A server in the loop of `runner`, which runs while something is sent; hears the log."""

    def __init__(self, server: HttpServer, runner: asyncio.Runner) -> None:
        super().__init__(logging.INFO)
        self.heard: list[logging.LogRecord] = []
        self._server = server
        self._runner = runner
        self._checks = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what a log would show."""
        self.heard.append(record)

    def send(self, *parts: bytes, answers: int = 0) -> bytes:
        """Send the parts on one connection, and read until the server ends it.

        Between two parts it reads `answers` bytes at least. Raises TimeoutError.
        """
        return self._runner.run(self._send(parts, answers))

    async def _send(self, parts: tuple[bytes, ...], answers: int) -> bytes:
        heard = b""
        async with asyncio.timeout(LONGEST_ANSWER):
            reader, writer = await opened(self._server)
            with suppress(ConnectionError):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                    while part is not parts[-1] and len(heard) < answers:
                        if not (data := await reader.read(65536)):
                            break
                        heard += data
                writer.write_eof()
                while data := await reader.read(65536):
                    heard += data
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        return heard

    def check(self) -> None:
        """AssertionError for an error or a flood since the last check, or where nobody answers.

        That it answers is asked now and then: the next input would be told nothing either.
        """
        heard, self.heard = self.heard, []
        errors = [self.format(record) for record in heard if record.levelno >= logging.ERROR]
        assert errors == []
        assert len(heard) <= MOST_LINES, f"{len(heard)} lines for one input"
        self._checks += 1
        if self._checks % ASK_EVERY:
            return
        asked = b"GET /healthz HTTP/1.1\r\nHost: desk.test\r\nConnection: close\r\n\r\n"
        assert b" 200 " in self.send(asked)


@contextmanager
def served(app: ASGIApp) -> Iterator[Served]:
    """`app` on a free port of loopback."""
    with asyncio.Runner() as runner:
        context = serving(app)
        server = Served(runner.run(context.__aenter__()), runner)
        logging.getLogger().addHandler(server)
        try:
            yield server
        finally:
            logging.getLogger().removeHandler(server)
            runner.run(context.__aexit__(None, None, None))
