"""httptools' parser of requests, which reads the body of all that do not become WebSockets."""

from __future__ import annotations

from typing import Any, Protocol

import httptools


class RequestReader(Protocol):
    """Who is told what has been read, by the callbacks of httptools too."""

    def becomes_websocket(self) -> bool:
        """Whether the request whose headers are there is the beginning of a WebSocket."""

    def plain_headers(self) -> bytes:
        """Its request line and headers but for ``Upgrade``, with the empty line behind them."""


class RequestParser:
    """Reads a request that asks for another protocol as if it had not (RFC 9110 section 7.8).

    httptools takes the headers of such a request for all of it, and its body for the next one.
    A proxy that keeps connections would hand that on ahead of somebody else's, and with his cookie.
    """

    def __init__(self, requests: RequestReader) -> None:
        self._requests = requests
        self._parser = self._fresh()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)

    def feed_data(self, data: bytes) -> None:
        """Read what has come; raises HttpParserUpgrade behind the headers of a WebSocket."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._requests.becomes_websocket():
                raise
            (read,) = upgrade.args
            again = self._requests.plain_headers() + data[read:]
            self._parser = self._fresh()
            self.feed_data(again)

    def _fresh(self) -> Any:
        """As uvicorn has it: what comes behind the last request takes nobody the answer to that."""
        parser = httptools.HttpRequestParser(self._requests)
        parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return parser
