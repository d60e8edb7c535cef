"""How much the headers of one request may be, counted as they come.

test_endless_requests and test_waiting_requests test it.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

HEADER_LIMIT = 65_536
"""Bytes of all of them, with the request line."""
MOST_HEADERS, LONGEST_HEADER = 128, 16_384
"""Headers of a request, and bytes of the value of one that is no cookie."""
LONGEST_LISTS = 4096
"""Bytes of _LISTS together, which take a millisecond each 1,400: a page sends some 300."""
_LISTS = frozenset(
    {b"connection", b"upgrade", b"sec-websocket-extensions", b"sec-websocket-protocol"}
)
_TEXT = b"Too many headers, or too long ones. Delete the cookies of this address, and come again.\n"
TOO_LONG = b"%bcontent-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (
    STATUS_LINE[431],
    len(_TEXT),
    _TEXT,
)
"""The answer to more than that (RFC 6585 section 5)."""


class HeaderBounds:
    """Counts for one request after the other, and for all together that wait for their answer.

    A short header takes forty times its bytes, and a thousand strangers may have requests wait.
    """

    def __init__(self) -> None:
        self.begin(())

    def begin(self, waiting: Iterable[Scope]) -> None:
        """Another request begins, behind those that wait now."""
        self._received = self._kept = self._headers = self._lists = 0
        for scope in waiting:
            self.add_url(len(scope["raw_path"]) + len(scope["query_string"]))
            for name, value in scope["headers"]:
                self.add(name, len(value))

    def receive(self, count: int) -> bool:
        """Whether so many bytes of headers more are still to be borne."""
        self._received += count
        return self._received <= HEADER_LIMIT

    def add_url(self, length: int) -> bool:
        """Whether so many bytes more of the address are to be borne."""
        self._kept += length
        return self._kept <= HEADER_LIMIT

    def add(self, name: bytes, length: int) -> bool:
        """Whether a header more is, by its `name` in small letters and the bytes of its value."""
        self._headers += 1
        self._kept += len(name) + length
        if name in _LISTS:
            self._lists += length
        is_long = length > LONGEST_HEADER and name != b"cookie"
        is_much = self._kept > HEADER_LIMIT or self._headers > MOST_HEADERS
        return not is_long and not is_much and self._lists <= LONGEST_LISTS
