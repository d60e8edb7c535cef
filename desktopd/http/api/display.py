"""PUT ``/api/display``: ``{"width", "height"}`` in pixels, and ``"scale"`` of what is drawn."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from desktopd.geometry import LARGEST, LARGEST_SCALE, SMALLEST, SMALLEST_SCALE, Size
from desktopd.http.api.body import read_body
from desktopd.http.api.served_session import ServedSession
from desktopd.http.problems import Problem

_JSON_LIMIT = 4096
_REMEDY = (
    f'send {{"width": 1600, "height": 900}}, each side {SMALLEST} to {LARGEST} pixels; '
    f'"scale", where it is said, is {SMALLEST_SCALE:g} to {LARGEST_SCALE:g}'
)


class DisplayEndpoint:
    """The screen of the desktop."""

    def __init__(self, session: ServedSession) -> None:
        self._session = session

    async def put(self, request: Request) -> Response:
        """Resize the screen; the answer is what it now has. Problem 400 or 413."""
        value = _object(await read_body(request, _JSON_LIMIT))
        size = Size(_side(value, "width"), _side(value, "height"))
        real = await self._session.resize(size, _scale(value))
        display = self._session.status.display
        scale = None if display is None else display.scale
        return JSONResponse({"width": real.width, "height": real.height, "scale": scale})


def _object(body: bytes) -> dict[str, object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "the request is not JSON", _REMEDY) from None
    if not isinstance(value, dict):
        raise Problem(400, "the request is not a JSON object", _REMEDY)
    if unknown := sorted(value.keys() - {"width", "height", "scale"}):
        raise Problem(400, f"unknown key {unknown[0]!r}", _REMEDY)
    return value


def _side(value: dict[str, object], name: str) -> int:
    side = value.get(name)
    if not isinstance(side, int) or isinstance(side, bool) or not SMALLEST <= side <= LARGEST:
        raise Problem(400, f"{name} is not a number of pixels in range", _REMEDY)
    return side


def _scale(value: dict[str, object]) -> float | None:
    scale = value.get("scale")
    if scale is None:
        return None
    if (
        not isinstance(scale, int | float)
        or isinstance(scale, bool)
        or not SMALLEST_SCALE <= scale <= LARGEST_SCALE
    ):
        raise Problem(400, "scale is not a number in range", _REMEDY)
    return float(scale)
