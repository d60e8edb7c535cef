"""GET ``/api/windows`` and POST ``/api/windows/{id}/activate`` and ``…/close``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from desktopd.http.api.served_session import ServedSession
from desktopd.http.problems import Problem
from desktopd.x11.windows.desktop_windows import ListedWindow, NoSuchWindow


class _Window(IntegerConvertor):
    """The id of a window, of 32 bits; Python itself refuses to read very long numbers."""

    regex = "[0-9]{1,10}"


register_url_convertor("window", _Window())


class WindowsEndpoint:
    """The windows on the desktop."""

    def __init__(self, session: ServedSession) -> None:
        self._session = session

    async def get(self, request: Request) -> Response:
        """All of them, the oldest first."""
        return JSONResponse({"windows": windows_json(self._session.status.windows)})

    async def activate(self, request: Request) -> Response:
        """Raise one and give it the focus; Problem 404."""
        return await self._act(request, self._session.activate_window)

    async def close(self, request: Request) -> Response:
        """Ask its program to close one, which may ask its user first; Problem 404."""
        return await self._act(request, self._session.close_window)

    async def _act(self, request: Request, act: Callable[[int], Awaitable[None]]) -> Response:
        try:
            await act(request.path_params["window"])
        except NoSuchWindow:
            remedy = "GET api/windows tells which there are"
            raise Problem(404, "there is no such window", remedy) from None
        return Response(status_code=204)


def windows_json(windows: Iterable[ListedWindow]) -> list[dict[str, Any]]:
    """What is told of windows."""
    return [
        {
            "id": window.id,
            "title": window.title,
            "main": window.main,
            "active": window.active,
        }
        for window in windows
    ]


def window_routes(session: ServedSession) -> list[BaseRoute]:
    """What ``/api/windows`` serves."""
    windows = WindowsEndpoint(session)
    return [
        Route("/api/windows", windows.get),
        Route("/api/windows/{window:window}/activate", windows.activate, methods=["POST"]),
        Route("/api/windows/{window:window}/close", windows.close, methods=["POST"]),
    ]
