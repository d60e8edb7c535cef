"""The built client: its files are known at start, nothing else can be asked for."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desktopd.http.access.access import Access, Means
from desktopd.http.access.page_role import settled
from desktopd.http.in_pieces import InPieces
from desktopd.http.language import Language
from desktopd.http.problems import Problem
from desktopd.http.serving.accepted import accepted
from desktopd.http.serving.prefix import path_below

INDEX = "index.html"
EMBED = "embed.js"
_PUBLIC_SCRIPT = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_HASHED = re.compile(r"assets/.+-[A-Za-z0-9_-]{8,}\.\w+")
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class ClientFile:
    """One file with its compressed forms by content coding; `hashed`: its name changes with it."""

    media_type: str
    etag: str
    hashed: bool
    forms: dict[str, bytes]

    def response(self, request: Request) -> Response:
        """The best form that the client accepts, or 304 when it has the file already."""
        coding = _choose(request.headers.get("accept-encoding", ""), self.forms)
        lasting = "private, max-age=31536000, immutable"
        headers = {
            "Cache-Control": lasting if self.hashed else "no-cache",
            "ETag": f'"{self.etag}-{coding}"',
            "Vary": "Accept-Encoding",
        }
        known = request.headers.get("if-none-match", "")
        if headers["ETag"] in [tag.strip().removeprefix("W/") for tag in known.split(",")]:
            return Response(status_code=304, headers=headers)
        if coding != "identity":
            headers["Content-Encoding"] = coding
        return InPieces(self.forms[coding], headers=headers, media_type=self.media_type)


HandOver = Callable[[HTTPConnection, Response], str]
"""Makes the key for a page that came by a ticket; may put a cookie on the response."""


class Pages:
    """Serves the files of the folder that Vite has built; the page is told the `language`."""

    def __init__(
        self, static: Path, hand_over: HandOver | None = None, language: Language | None = None
    ) -> None:
        self._static = static
        self._files = _read(static)
        if language is not None and INDEX in self._files:
            self._files[INDEX] = _in_language(self._files[INDEX], language)
        self._hand_over = hand_over

    async def index(self, request: Request) -> Response:
        """The client's page; raises Problem 503 when the client has not been built."""
        if INDEX not in self._files:
            raise Problem(
                503,
                "the browser client is not built",
                f"run `npm ci && npm run build` in web/, which fills {self._static}",
            )
        if (address := settled(request)) is not None:
            return RedirectResponse(address, 303)
        if self._hand_over and Access.of(request).means is Means.TICKET:
            return self._with_key(request, self._hand_over)
        return self._files[INDEX].response(request)

    def _with_key(self, request: Request, hand_over: HandOver) -> Response:
        """The page with the key that it is to show from now on."""
        response = HTMLResponse(headers={"Cache-Control": "no-store"})
        key = f'<head><meta name="page-key" content="{hand_over(request, response)}">'
        response.body = self._files[INDEX].forms["identity"].replace(b"<head>", key.encode(), 1)
        response.headers["content-length"] = str(len(response.body))
        return response

    async def embed(self, request: Request) -> Response:
        """The script for pages that embed the desktop; raises Problem 404."""
        response = await self.file(request)
        response.headers.update(_PUBLIC_SCRIPT)
        return response

    async def file(self, request: Request) -> Response:
        """A file by its path below the prefix; raises Problem 404."""
        name = path_below(request.scope).removeprefix("/")
        if name not in self._files:
            raise Problem(404, "not found", "check the address; reload the page after an update")
        return self._files[name].response(request)


def _read(static: Path) -> dict[str, ClientFile]:
    paths = {p.relative_to(static).as_posix(): p for p in static.rglob("*") if p.is_file()}
    files = {}
    for name, path in paths.items():
        if path.suffix in _ENCODINGS.values() and name.removesuffix(path.suffix) in paths:
            continue
        plain = path.read_bytes()
        compressed = {
            coding: paths[name + suffix].read_bytes()
            for coding, suffix in _ENCODINGS.items()
            if name + suffix in paths
        }
        files[name] = ClientFile(
            _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream",
            hashlib.sha256(plain).hexdigest()[:16],
            _HASHED.fullmatch(name) is not None,
            {**compressed, "identity": plain},
        )
    return files


def _in_language(page: ClientFile, language: Language) -> ClientFile:
    """The page with the operator's choice, where its script looks for it."""
    meta = f'<head><meta name="language" content="{language}">'.encode()
    plain = page.forms["identity"].replace(b"<head>", meta, 1)
    forms = {"gzip": gzip.compress(plain, mtime=0), "identity": plain}
    return replace(page, etag=f"{page.etag}-{language}", forms=forms)


def _choose(accept: str, forms: dict[str, bytes]) -> str:
    """The first of `forms` that ``Accept-Encoding`` (RFC 9110 section 12.5.3) takes."""
    weights = accepted(accept)
    wildcard = weights.get("*", 0.0)
    return next((c for c in forms if c != "identity" and weights.get(c, wildcard) > 0), "identity")
