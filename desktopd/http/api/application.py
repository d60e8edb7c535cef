"""POST ``/api/app/restart``."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from desktopd.http.api.served_session import ServedSession


class ApplicationEndpoint:
    """The application that the desktop is for."""

    def __init__(self, session: ServedSession) -> None:
        self._session = session

    async def restart(self, request: Request) -> Response:
        """End the application and start it again."""
        await self._session.restart_application()
        return Response(status_code=204)
