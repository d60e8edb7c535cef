"""An answer by HTTP, whole, in one time for all of it and up to a length: or an error.

`urllib` gives each read its own time, so that a server which drips holds a thread for as long as it
likes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection, IncompleteRead
from io import BufferedReader, RawIOBase
from socket import socket
from typing import Any
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    UnknownHandler,
)


def fetch(request: Request, seconds: float, most: int) -> bytes:
    """The body of the answer, at most `most` bytes. Blocks.

    Raises HTTPError for a status that is none of success, redirects too, since what the request
    shows is for whom it names; OSError, HTTPException or ValueError
    where no whole answer comes.
    """
    deadline = _Deadline(seconds)
    # Without the usual handlers there is no proxy of the environment: what is asked is near.
    opener = OpenerDirector()
    for handler in (
        _Http(deadline),
        _Https(deadline),
        UnknownHandler(),
        HTTPErrorProcessor(),
        HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    with opener.open(request, timeout=seconds) as response:
        body: bytes = response.read(most + 1)
        if len(body) > most:
            raise ValueError(f"the answer has more than {most} bytes")
        if response.length:
            raise IncompleteRead(body, response.length)
    return body


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._over = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds, more than none; raises TimeoutError."""
        if (left := self._over - time.monotonic()) <= 0:
            raise TimeoutError(f"no whole answer within {self._seconds:g} s")
        return left


class _TimedSocket(RawIOBase):
    """What comes by a socket, for as long as there is time."""

    def __init__(self, sock: socket, deadline: _Deadline) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, deadline: _Deadline, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = BufferedReader(_TimedSocket(sock, deadline))


class _Http(HTTPHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, request: Request) -> HTTPResponse:
        """Called by name, for the scheme."""
        return self.do_open(partial(_connection, HTTPConnection, self._deadline), request)


class _Https(HTTPSHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, request: Request) -> HTTPResponse:
        """Called by name, for the scheme."""
        return self.do_open(partial(_connection, HTTPSConnection, self._deadline), request)


def _connection(
    kind: Callable[..., HTTPConnection], deadline: _Deadline, host: str, **_: Any
) -> HTTPConnection:
    connection = kind(host, timeout=deadline.left())
    connection.response_class = partial(_TimedResponse, deadline)  # type: ignore[assignment]
    return connection
