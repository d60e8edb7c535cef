"""The HTTP API: session, display, clipboard, screenshot, application, and the probes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from desktopd.geometry import LARGEST, SMALLEST, Size
from desktopd.http.access.authenticator import Access
from desktopd.http.api.body import read_body
from desktopd.http.api.session import ServedSession, message
from desktopd.http.problems import Problem
from desktopd.rfb.viewers.viewer import Role
from desktopd.session.status import Stage

CLIPBOARD_LIMIT = 1_048_576
_JSON_LIMIT = 4096


class Api:
    """The endpoints below ``/api``; `describe` makes the session's JSON for a role."""

    def __init__(self, session: ServedSession, describe: Callable[[Role], dict[str, Any]]) -> None:
        self._session = session
        self._describe = describe

    async def session(self, request: Request) -> Response:
        """GET ``/api/session``."""
        return JSONResponse(self._describe(Access.of(request).role))

    async def resize(self, request: Request) -> Response:
        """PUT ``/api/display``: the size that the screen now has."""
        size = _size(await read_body(request, _JSON_LIMIT))
        real = await self._session.resize(size)
        return JSONResponse({"width": real.width, "height": real.height})

    async def clipboard(self, request: Request) -> Response:
        """GET ``/api/clipboard``: UTF-8 text, for control only."""
        if Access.of(request).role is not Role.CONTROL:
            raise Problem(403, "this token may only watch", "use the token for control")
        # A lone surrogate cannot be told in UTF-8.
        text = self._session.clipboard_text.encode(errors="replace")
        return Response(text, media_type="text/plain")

    async def set_clipboard(self, request: Request) -> Response:
        """PUT ``/api/clipboard``: UTF-8 text of at most 1 MiB."""
        body = await read_body(request, CLIPBOARD_LIMIT)
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise Problem(400, f"the text is not UTF-8: {error.reason}", "send UTF-8") from None
        try:
            await self._session.set_clipboard(text)
        except ValueError as error:
            raise Problem(413, str(error), "copy less text") from None
        return Response(status_code=204)

    async def screenshot(self, request: Request) -> Response:
        """GET ``/api/screenshot``: PNG."""
        return Response(await self._session.screenshot(), media_type="image/png")

    async def ready(self, request: Request) -> Response:
        """GET ``/readyz``: 200 once the application has painted, else 503."""
        status = self._session.status
        if status.stage is not Stage.READY:
            raise Problem(503, message(status), "try again in a second", {"Retry-After": "1"})
        return JSONResponse({"status": status.stage})


async def healthy(request: Request) -> Response:
    """GET ``/healthz``: the process serves requests."""
    return JSONResponse({"status": "ok"})


def _size(body: bytes) -> Size:
    remedy = f'send {{"width": 1600, "height": 900}}, each side {SMALLEST} to {LARGEST} pixels'
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "the request is not JSON", remedy) from None
    if not isinstance(value, dict):
        raise Problem(400, "the request is not a JSON object", remedy)
    if unknown := sorted(value.keys() - {"width", "height"}):
        raise Problem(400, f"unknown key {unknown[0]!r}", remedy)
    width, height = (_side(value, name, remedy) for name in ("width", "height"))
    return Size(width, height)


def _side(value: dict[str, object], name: str, remedy: str) -> int:
    side = value.get(name)
    if not isinstance(side, int) or isinstance(side, bool) or not SMALLEST <= side <= LARGEST:
        raise Problem(400, f"{name} is not a number of pixels in range", remedy)
    return side
