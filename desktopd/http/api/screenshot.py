"""GET ``/api/screenshot``."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from desktopd.http.api.served_session import ServedSession


class ScreenshotEndpoint:
    """The desktop as a picture."""

    def __init__(self, session: ServedSession) -> None:
        self._session = session
        # A large screen takes hundreds of megabytes while it is packed.
        self._one = asyncio.Lock()

    async def get(self, request: Request) -> Response:
        """PNG of the screen as it is now, or once those who asked before have theirs."""
        async with self._one:
            picture = await self._session.screenshot()
        return Response(picture, media_type="image/png")
