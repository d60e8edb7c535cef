"""GET ``/api/screenshot``."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from desktopd.http.api.served_session import ServedSession


class ScreenshotEndpoint:
    """The desktop as a picture."""

    def __init__(self, session: ServedSession) -> None:
        self._session = session

    async def get(self, request: Request) -> Response:
        """PNG of the screen as it is now."""
        return Response(await self._session.screenshot(), media_type="image/png")
