"""POST ``/api/drop``: drop files, a text or links on what is at a place of the desktop."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from desktopd import audit
from desktopd.clipboard_limit import CLIPBOARD_LIMIT
from desktopd.data_policy import Copies
from desktopd.files.sharing import SharedFiles
from desktopd.geometry import LARGEST
from desktopd.http.api.body import read_body
from desktopd.http.api.clipboard import account, require_into
from desktopd.http.api.clipboard_body import TOO_LARGE
from desktopd.http.api.file_access import disk_of
from desktopd.http.api.served_session import ServedSession
from desktopd.http.problems import Problem, Refusal
from desktopd.x11.selections.content import Content, ContentTooLarge
from desktopd.x11.selections.uri_list import MOST

_BODY_LIMIT = 2 * CLIPBOARD_LIMIT
_REMEDY = (
    'send {"x": 640, "y": 400} with one of "paths": ["uploads/cells.tif"], "text": "…" and'
    ' "urls": ["https://…"]'
)
# RFC 3986 section 2: nothing else stands in a URI, and a line of a list is one.
_URL = re.compile(r"(?!file:)[a-z][a-z0-9+.-]*:[^\s\x00-\x20\x7f]+", re.IGNORECASE)


class DropEndpoint:
    """The programs of the desktop, to be dropped on; `files` None where there are none."""

    def __init__(self, session: ServedSession, files: SharedFiles | None, copies: Copies) -> None:
        self._copies = copies
        self._session = session
        self._files = files

    async def post(self, request: Request) -> Response:
        """Drop what the body names; the answer has the value of a DropResult.

        Problem 400, 403 where copies may not come, 413, and the FilesError of a path.
        """
        body = _object(await read_body(request, _BODY_LIMIT, remedy=TOO_LARGE))
        x, y = (_pixel(body.pop(name, None), name) for name in ("x", "y"))
        if len(body) != 1:
            raise Problem(400, "there is not one thing to drop", _REMEDY)
        kind, value = body.popitem()
        if kind != "paths":
            require_into(self._copies)
        content = await self._content(request, kind, value)
        account(audit.Event.COPIED_IN, request, content)
        try:
            result = await self._session.drop(x, y, content)
        except ContentTooLarge as error:
            raise Problem(413, str(error), TOO_LARGE) from None
        return JSONResponse({"result": result})

    async def _content(self, request: Request, kind: str, value: object) -> Content:
        match kind, value:
            case "text", str(text):
                return Content(text=text.encode(errors="replace").decode())
            case "urls", [*urls] if 0 < len(urls) <= MOST:
                return Content(uris=tuple(map(_url, urls)))
            case "paths", [*paths] if 0 < len(paths) <= MOST:
                return Content.of_files(await self._located(request, paths))
            case "urls" | "paths", [*many] if len(many) > MOST:
                raise Problem(
                    413,
                    f"{len(many)} at once: programs are given at most {MOST}",
                    "drop the folder that they are in",
                )
        if kind in ("text", "urls", "paths"):
            raise Problem(400, f"{kind} is not a text, or a list of 1 to {MOST} of them", _REMEDY)
        raise Problem(400, f"unknown key {kind!r}", _REMEDY)

    async def _located(self, request: Request, paths: list[Any]) -> tuple[Path, ...]:
        files = self._files
        if files is None:
            raise Refusal(404, "files are switched off", "set files_root, and files=both")
        for path in paths:
            if not isinstance(path, str):
                raise Problem(400, f"{path!r:.60} is no path", _REMEDY)
        return await disk_of(files, request).run(lambda: tuple(map(files.locate, paths)))


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Problem(400, "the request is not a JSON object", _REMEDY)
    return value


def _pixel(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < LARGEST:
        raise Problem(400, f"{name} is not a pixel of the screen", _REMEDY)
    return value


def _url(value: object) -> str:
    if not isinstance(value, str) or not _URL.fullmatch(value):
        raise Problem(
            400, f"{value!r:.60} is no link", "send absolute URLs; files go by their paths"
        )
    return value
