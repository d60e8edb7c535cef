"""Serves a request until something ends its right to be: it is cut off then, or told so.

test_links, test_people and test_downloads test it.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktopd.http.problems import Problem, problem_response
from desktopd.http.serving.request_connection import break_off
from desktopd.tasks import race


async def serve_until(
    over: Coroutine[Any, Any, Problem], app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    """Serve the request by `app`, or answer what `over` returns where that is sooner."""
    begun = False

    async def send_noted(message: Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    async def serve() -> Problem | None:
        await app(scope, receive, send_noted)
        return None

    problem = await race(serve(), over)
    if problem is None:
        return
    if begun:
        break_off(scope)
    else:
        response = problem_response(HTTPConnection(scope), problem)
        # Of the request's body there may be more to come.
        response.headers["connection"] = "close"
        await response(scope, receive, send)


class WhileConnected:
    """Serves a request without a body for as long as its client is there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or what of it is wanted."""

        async def serve() -> None:
            await self._app(scope, receive, send)

        await race(serve(), _disconnected(receive))


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
