"""GET ``/healthz`` and ``/readyz``: the probes of whoever runs the container."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from desktopd.http.api.served_session import ServedSession
from desktopd.http.api.session import message
from desktopd.http.problems import Problem
from desktopd.rfb.rfb_server import RfbServer
from desktopd.session.status import Stage


class HealthEndpoint:
    """Whether the daemon lives, and whether the application can be used."""

    def __init__(self, session: ServedSession, server: RfbServer) -> None:
        self._session = session
        self._server = server

    async def alive(self, request: Request) -> Response:
        """200: the process serves requests."""
        return JSONResponse({"status": "ok"})

    async def ready(self, request: Request) -> Response:
        """200 once the application has painted and can be seen, else Problem 503.

        Strangers hear no reason.
        """
        status = self._session.status
        if status.stage is not Stage.READY:
            raise Problem(
                503, message(status, reason=False), "try again in a second", {"Retry-After": "1"}
            )
        if not self._server.shows:
            raise Problem(
                503, "the display cannot be shown", "try again in a second", {"Retry-After": "1"}
            )
        return JSONResponse({"status": status.stage})
