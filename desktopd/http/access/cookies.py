"""The cookies of a request (RFC 6265 section 4.2), read in a time that grows with their length.

Starlette's own reading undoes escapes, which take Python 3.11 seconds for 64 KiB of them
(CVE-2024-7592). Ours have none. test_cookies tests it.
"""

from __future__ import annotations

from itertools import islice

from starlette.requests import HTTPConnection

from desktopd.http.asked_once import asked_once

MOST = 512
"""Cookies that are looked at, the first ones: browsers keep some 180 of a host. Each takes a
hundred bytes for as long as its request, or WebSocket, is there."""


@asked_once
def cookies_of(conn: HTTPConnection) -> dict[str, str]:
    """The values by their names, without the quotes around them; of two alike the last one."""
    pairs = (
        item.partition("=") for line in conn.headers.getlist("cookie") for item in line.split(";")
    )
    looked_at = islice(pairs, MOST)
    return {name.strip(): _plain(value.strip()) for name, equals, value in looked_at if equals}


def _plain(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] == '"'
    return value[1:-1] if quoted else value
