"""Nobody takes a long address apart, whoever would be the first to look at it.

test_middleware tests it.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from desktopd.http.problems import Problem, problem_response

LONGEST_QUERY, MOST_PARAMETERS = 8192, 64
"""Bytes and parts of what follows the question mark: 60 KB took 60 ms of everybody's time."""


class ShortQueryMiddleware:
    """Refuses addresses with more behind their question mark, before anything else reads it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or answer it with 414."""
        if scope["type"] in ("http", "websocket") and _is_long(scope["query_string"]):
            # Nobody is to take it apart for the language of the answer.
            scope["query_string"] = b""
            remedy = "shorten what follows its question mark"
            response = problem_response(
                HTTPConnection(scope), Problem(414, "the address is too long", remedy)
            )
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_long(query: bytes) -> bool:
    return len(query) > LONGEST_QUERY or query.count(b"&") >= MOST_PARAMETERS
