"""What is asked of a connection again and again and stays the same, found once for each.

Of a WebSocket it may be asked at each change of the session, and what it is found in is a peer's to
choose: thousands of cookies, languages or protocols. test_language tests it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from starlette.requests import HTTPConnection

T = TypeVar("T")


def asked_once(find: Callable[[HTTPConnection], T]) -> Callable[[HTTPConnection], T]:
    """`find`, whose answer is kept in the scope of the connection."""
    key = f"{find.__module__}.{find.__name__}"

    @wraps(find)
    def asked(conn: HTTPConnection) -> T:
        if key not in conn.scope:
            conn.scope[key] = find(conn)
        return cast(T, conn.scope[key])

    return asked
