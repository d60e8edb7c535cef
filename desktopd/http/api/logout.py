"""POST ``/api/logout``: has the browser forget its cookie, and ends what its pages have open."""

from __future__ import annotations

from collections.abc import Callable

from starlette.background import BackgroundTask
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from desktopd.http.access.access import Access, Means
from desktopd.http.access.departures import Departures
from desktopd.http.access.visitor import visitor_of
from desktopd.http.problems import Problem

LogOut = Callable[[HTTPConnection, Response], None]
"""Has the browser forget its cookies by the headers of a response."""


class LogoutEndpoint:
    """The end of a browser's access; `log_out` is None where something else lets users in."""

    def __init__(self, log_out: LogOut | None, departures: Departures) -> None:
        self._log_out = log_out
        self._departures = departures

    def offered(self, conn: HTTPConnection) -> bool:
        """Whether there is a cookie to be forgotten."""
        return self._log_out is not None and Access.of(conn).means is Means.COOKIE

    async def post(self, request: Request) -> Response:
        """Log the browser out; raises Problem 404 where it has not logged in here."""
        if self._log_out is None or not self.offered(request):
            raise Problem(404, "there is no login to end here", "log out where you logged in")
        response = Response(status_code=204)
        self._log_out(request, response)
        if visitor := visitor_of(request):
            # Of the same visitor, this request ends with its answer.
            response.background = BackgroundTask(self._end, visitor.key)
        return response

    async def _end(self, key: str) -> None:
        self._departures.log_out(key)
