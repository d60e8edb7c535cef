"""GET ``/api/screenshot``."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from desktopd import audit
from desktopd.data_policy import Screenshots
from desktopd.http.access.access import Access
from desktopd.http.api.served_session import ServedSession
from desktopd.http.problems import Problem
from desktopd.http.serving.proxy import client_address
from desktopd.rfb.viewers.viewer import Role
from desktopd.shared_work import SharedWork


class ScreenshotEndpoint:
    """The desktop as a picture."""

    def __init__(self, session: ServedSession, allowed: Screenshots) -> None:
        self._allowed = allowed
        # A large screen takes hundreds of megabytes while it is packed, by a thread that goes on.
        self._picture = SharedWork(lambda: session.screenshot())

    async def get(self, request: Request) -> Response:
        """PNG of the screen as it is now, or once the one before is made.

        Problem 403 for whom may not have it.
        """
        require_screenshots(self._allowed, request)
        return screenshot_response(request, await self._picture.result())


def require_screenshots(allowed: Screenshots, request: Request) -> None:
    """Raise Problem 403 for whom may have no pictures of the desktop."""
    control = Access.of(request).role is Role.CONTROL
    if allowed is Screenshots.OFF or (allowed is Screenshots.CONTROL and not control):
        raise Problem(403, "screenshots may not be taken here", "screenshots=all lets them")


def screenshot_response(request: Request, png: bytes) -> Response:
    """A picture on its way to whoever asked for it, which is noted."""
    audit.note(audit.Event.SCREENSHOT, address=client_address(request.scope))
    return Response(png, media_type="image/png")
