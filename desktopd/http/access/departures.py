"""Ends connections that are open when their right to be ends: that of a link, or a sign-in.

Tested by tests/unit/http/api/test_links.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from desktopd.http.access.access import Access
from desktopd.http.access.cut_short import serve_until
from desktopd.http.access.steady_time import steady_time
from desktopd.http.access.visitor import visitor_of
from desktopd.http.problems import Problem
from desktopd.rfb.viewers.connection import Cause, Ending
from desktopd.rfb.viewers.people import Visitor

log = logging.getLogger(__name__)

LOOK_EVERY = 30.0
"""Seconds between two looks at the clock, which waits go without while the machine sleeps."""
_DETAILS = {
    Cause.LINK_REVOKED: "its link was revoked",
    Cause.LINK_EXPIRED: "the time of its link is over",
    Cause.LOGGED_OUT: "its user logged out",
    Cause.SIGN_IN_OVER: "its sign-in is over",
}


class Departures:
    """What every open connection waits for beside its own end."""

    def __init__(
        self,
        clock: Callable[[], float] = steady_time,
        on_departure: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`on_departure` hears the key of each visitor whose connection has to end."""
        self._clock = clock
        self._on_departure = on_departure
        self._waiting: set[tuple[str | None, str | None, asyncio.Future[Cause]]] = set()
        self._revoked: set[str] = set()

    async def of(self, access: Access, visitor: Visitor | None) -> Ending:
        """Wait until a connection has to end, which may never be."""
        future = asyncio.get_running_loop().create_future()
        if access.link in self._revoked:
            # Between its letting in and this there may have been seconds.
            future.set_result(Cause.LINK_REVOKED)
        entry = access.link, None if visitor is None else visitor.key, future
        self._waiting.add(entry)
        asking = asyncio.create_task(_ask(access, future))
        try:
            while not future.done() and (left := self._left(access)) != 0:
                await asyncio.wait({future}, timeout=left)
        finally:
            asking.cancel()
            self._waiting.discard(entry)
        over = Cause.SIGN_IN_OVER if access.link is None else Cause.LINK_EXPIRED
        cause = future.result() if future.done() else over
        if visitor is not None:
            self._on_departure(visitor.key)
        return Ending(cause, _DETAILS[cause])

    def _left(self, access: Access) -> float | None:
        """Seconds until an access is over or is to be looked at again; None for one without end."""
        if access.until is None:
            return None
        return min(max(0.0, access.until - self._clock()), LOOK_EVERY)

    def revoke(self, link: str) -> None:
        """End all that came by a link, or is just coming."""
        self._revoked.add(link)
        self._end(Cause.LINK_REVOKED, lambda came_by, _: came_by == link)

    def log_out(self, key: str) -> None:
        """End all of one visitor."""
        self._on_departure(key)
        self._end(Cause.LOGGED_OUT, lambda _, visitor: visitor == key)

    def _end(self, cause: Cause, concerns: Callable[[str | None, str | None], bool]) -> None:
        for link, key, future in tuple(self._waiting):
            if concerns(link, key) and not future.done():
                future.set_result(cause)


class DepartingMiddleware:
    """Cuts off requests, such as long transfers, whose link, sign-in or visit is over.

    WebSockets are ended by those who serve them, which tell why.
    """

    def __init__(self, app: ASGIApp, departures: Departures) -> None:
        self._app = app
        self._departures = departures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request for as long as its link is valid, and nobody logs out."""
        access = scope.get("auth")
        if scope["type"] == "http" and isinstance(access, Access):
            visitor = visitor_of(HTTPConnection(scope))
            if visitor is not None or not access.lasts:
                over = self._over(access, visitor)
                await serve_until(over, self._app, scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _over(self, access: Access, visitor: Visitor | None) -> Problem:
        ending = await self._departures.of(access, visitor)
        remedy = "open it anew" if access.link is None else "ask whoever sent it for another"
        return Problem(401, ending.detail, remedy)


async def _ask(access: Access, ended: asyncio.Future[Cause]) -> None:
    """Tell when whoever is in front of us lets the user in no more."""
    if access.over is None:
        return
    try:
        await access.over()
    except Exception:
        # Nobody would hear of the end of his right from now on.
        log.exception("whether a sign-in is over cannot be told: its connection ends")
    if not ended.done():
        ended.set_result(Cause.SIGN_IN_OVER)
