"""Ends what a request does to the desktop once whoever sent it may act there no more.

A body may take minutes to come, and an image seconds to be read: control is with somebody else by
then. Tested by tests/unit/http/api/test_people.py.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from desktopd.http.access.cut_short import serve_until
from desktopd.http.access.visitor import acts, check_acts
from desktopd.http.problems import Problem
from desktopd.rfb.viewers.people import People


class ActingMiddleware:
    """Serves what acts on the desktop for as long as those of `people` may."""

    def __init__(self, app: ASGIApp, people: People) -> None:
        self._app = app
        self._people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, which has been let in."""
        if acts(scope):
            over = self._withdrawn(HTTPConnection(scope))
            await serve_until(over, self._app, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _withdrawn(self, conn: HTTPConnection) -> Problem:
        """Wait until control is with somebody else, which may never be."""
        changed = asyncio.Event()
        with ExitStack() as subscriptions:
            subscriptions.callback(self._people.on_change(changed.set))
            while True:
                try:
                    check_acts(conn, self._people)
                except Problem as problem:
                    return problem
                await changed.wait()
                changed.clear()
