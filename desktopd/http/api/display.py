"""PUT ``/api/display``: ``{"width", "height"}`` in pixels."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from desktopd.geometry import LARGEST, SMALLEST, Size
from desktopd.http.api.body import read_body
from desktopd.http.api.served_session import ServedSession
from desktopd.http.problems import Problem

_JSON_LIMIT = 4096
_REMEDY = f'send {{"width": 1600, "height": 900}}, each side {SMALLEST} to {LARGEST} pixels'


class DisplayEndpoint:
    """The screen of the desktop."""

    def __init__(self, session: ServedSession) -> None:
        self._session = session

    async def put(self, request: Request) -> Response:
        """Resize the screen; the answer is the size that it now has. Problem 400 or 413."""
        size = _size(await read_body(request, _JSON_LIMIT))
        real = await self._session.resize(size)
        return JSONResponse({"width": real.width, "height": real.height})


def _size(body: bytes) -> Size:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "the request is not JSON", _REMEDY) from None
    if not isinstance(value, dict):
        raise Problem(400, "the request is not a JSON object", _REMEDY)
    if unknown := sorted(value.keys() - {"width", "height"}):
        raise Problem(400, f"unknown key {unknown[0]!r}", _REMEDY)
    return Size(_side(value, "width"), _side(value, "height"))


def _side(value: dict[str, object], name: str) -> int:
    side = value.get(name)
    if not isinstance(side, int) or isinstance(side, bool) or not SMALLEST <= side <= LARGEST:
        raise Problem(400, f"{name} is not a number of pixels in range", _REMEDY)
    return side
