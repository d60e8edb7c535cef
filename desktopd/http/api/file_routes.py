"""The routes of files and uploads, or what stands there when files are switched off.

Tested by tests/unit/http/api/test_file_access.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.convertors import Convertor, register_url_convertor
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from desktopd.files.sharing import SharedFiles
from desktopd.http.access.cut_short import WhileConnected
from desktopd.http.api.files import Files
from desktopd.http.api.uploads import ResumableUploads
from desktopd.http.problems import Refusal


class _Anything(Convertor[str]):
    """The rest of an address; Starlette's own ``path`` ends at a line break."""

    regex = "(?s:.*)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("anything", _Anything())

TOP = "/api/files"
FILES, UPLOADS, UPLOAD = "/api/files/{path:anything}", "/api/uploads", "/api/uploads/{upload_id}"
METHODS = ["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"]


def file_routes(files: SharedFiles | None, downloads: Sequence[Middleware]) -> list[Route]:
    """The routes for `files`, with `downloads` before what is read of them.

    Without files every one answers 404 and says why.
    """
    if files is None:
        return [
            Route(path, _switched_off, methods=METHODS) for path in (TOP, FILES, UPLOADS, UPLOAD)
        ]
    one, resumable = Files(files), ResumableUploads(files)
    return [
        Route(TOP, _with_slash),
        Route(FILES, one.get, middleware=[Middleware(WhileConnected), *downloads]),
        Route(FILES, one.put, methods=["PUT"]),
        Route(FILES, one.post, methods=["POST"]),
        Route(FILES, one.patch, methods=["PATCH"]),
        Route(FILES, one.delete, methods=["DELETE"]),
        Route(UPLOADS, resumable.collection, methods=["OPTIONS", "POST"]),
        Route(UPLOAD, resumable.upload, methods=["HEAD", "PATCH", "DELETE", "POST"]),
    ]


async def _with_slash(request: Request) -> Response:
    """What a listing refers to is relative to the top, with its slash."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"files/{query}", 308)


async def _switched_off(request: Request) -> Response:
    raise Refusal(404, "files are switched off", "start desktopd with files=both and a files_root")
