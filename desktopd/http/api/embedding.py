"""GET ``/api/embedding?origin=…``: whether a page there may speak to ours, in whose frame it is.

test_frame_ancestors tests it.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from desktopd.http.access.frame_ancestors import FrameAncestors
from desktopd.http.serving.proxy import is_https


class EmbeddingEndpoint:
    """Whoever may embed the desktop may speak to it: `ancestors`."""

    def __init__(self, ancestors: FrameAncestors) -> None:
        self._ancestors = ancestors

    async def get(self, request: Request) -> Response:
        """``{"allowed": true}`` or false."""
        origin, host = request.query_params.get("origin", ""), request.headers.get("host", "")
        allowed = self._ancestors.allows(origin, host, https=is_https(request.scope))
        return JSONResponse({"allowed": allowed})
