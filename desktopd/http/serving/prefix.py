"""Serves everything below a prefix such as ``/user/ada/desktop/``."""

from __future__ import annotations

import re
from urllib.parse import unquote

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from desktopd.http.problems import Problem, problem_response

STRIPPED = "desktopd.stripped"
"""Key of the scope: the path that a proxy has taken off, without a slash at its end."""


def base_path(base_url: str) -> str:
    """The path of `base_url` with one slash at each end, as it stands in a URL.

    Raises ValueError for what is not a plain path: it becomes the path of a cookie.
    """
    parts = [part for part in base_url.split("/") if part]
    plain = all(re.fullmatch(r"[A-Za-z0-9._~!$&'()*+,=:@%-]+", part) for part in parts)
    if not plain or {".", ".."} & set(parts):
        raise ValueError(f"base_url={base_url!r}: expected a path such as / or /user/ada/desktop/")
    return "/" + "".join(f"{part}/" for part in parts)


class PrefixMiddleware:
    """Moves the prefix into the scope's ``root_path``; outside of it there is nothing (404)."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app = app
        # Servers hand over the path of a request decoded.
        self._base = unquote(base)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on when it is below the prefix."""
        if scope["type"] in ("http", "websocket"):
            root = self._base.rstrip("/")
            if not f"{scope['path']}/".startswith(self._base):
                outside = Problem(404, "not found", f"the desktop is at {self._base}")
                await problem_response(HTTPConnection(scope), outside)(scope, receive, send)
                return
            scope = {**scope, "root_path": root}
        await self._app(scope, receive, send)


def stripped(scope: Scope) -> str:
    """What a proxy has taken off the path, such as ``/napari``; empty where that is nothing."""
    prefix: str = "" if scope["root_path"] else scope.get(STRIPPED, "")
    return prefix


def path_below(scope: Scope) -> str:
    """The path below the prefix, such as ``/api/session``; empty for the prefix without slash."""
    path: str = scope["path"]
    return path.removeprefix(scope["root_path"])
