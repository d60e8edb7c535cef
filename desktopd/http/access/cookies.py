"""The cookies of a request (RFC 6265 section 4.2), read in a time that grows with their length.

Starlette's own reading undoes escapes, which take Python 3.11 seconds for 64 KiB of them
(CVE-2024-7592). Ours have none. test_cookies tests it.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection

_FOUND = "desktopd.cookies"
"""Where the scope of a request has those that were read: several ask, and there may be many."""


def cookies_of(conn: HTTPConnection) -> dict[str, str]:
    """The values by their names, without the quotes around them; of two alike the last one."""
    found: dict[str, str] | None = conn.scope.get(_FOUND)
    if found is None:
        lines = conn.headers.getlist("cookie")
        pairs = (item.partition("=") for line in lines for item in line.split(";"))
        found = {name.strip(): _plain(value.strip()) for name, equals, value in pairs if equals}
        conn.scope[_FOUND] = found
    return found


def _plain(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] == '"'
    return value[1:-1] if quoted else value
