"""Responses of any length, made while they are sent: a file or a range of it, a zip.

Tested by tests/unit/http/api/test_downloads.py.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Generator
from email.utils import formatdate
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from desktopd.files.errors import FilesError
from desktopd.files.pace import Pace
from desktopd.files.paths import shown
from desktopd.files.reading import OpenedFile
from desktopd.files.threads import Disk
from desktopd.http.api.packed_json import PackedJson
from desktopd.http.problems import Problem
from desktopd.http.serving.request_connection import break_off

log = logging.getLogger(__name__)

# Whatever a file is, no page of ours shows it, and nothing in it runs.
_HARMLESS = {"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'"}
# Spaces are taken for good: those of 16 KB, tried in every way, took a third of a second.
_RANGE = re.compile(
    r"\s*+bytes\s*+=\s*+(\d{0,18})\s*+-\s*+(\d{0,18})\s*+", re.ASCII | re.IGNORECASE
)


class Outgoing(Response):
    """A body of `pieces`, which are made in a thread for the disk; `close` is called at the end.

    A FilesError in the middle breaks the connection, which tells the client.
    """

    def __init__(
        self,
        pieces: Generator[bytes, None, None],
        close: Callable[[], None],
        disk: Disk,
        pace: Pace,
        status: int,
        headers: dict[str, str],
        media_type: str,
    ) -> None:
        self.status_code = status
        self.media_type = media_type
        self.background = None
        self.init_headers(headers)
        self._pieces = pieces
        self._close = close
        self._disk = disk
        self._pace = pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        start = {"type": "http.response.start", "status": self.status_code}
        try:
            # Who was cut off while it was opened is so before anything is sent.
            await asyncio.sleep(0)
            await send({**start, "headers": self.raw_headers})
            if scope["method"] != "HEAD":
                while piece := await self._next():
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except FilesError as error:
            log.warning("a download breaks off: %s", error)
            break_off(scope)
        finally:
            await self._disk.finish(self._close)

    async def _next(self) -> bytes:
        """The next piece when its time has come; nothing at the end."""
        piece, seconds = await self._disk.run(_timed, self._pieces)
        await self._pace.rest(len(piece), seconds)
        return piece


def _timed(pieces: Generator[bytes, None, None]) -> tuple[bytes, float]:
    """The next of `pieces`, and the seconds that this thread has worked for it."""
    begun = time.thread_time()
    return next(pieces, b""), time.thread_time() - begun


def zip_response(
    name: str, pieces: Generator[bytes, None, None], disk: Disk, pace: Pace
) -> Outgoing:
    """A zip to be saved as `name`."""
    headers = {**_HARMLESS, "Content-Disposition": attachment(name)}
    return Outgoing(pieces, pieces.close, disk, pace, 200, headers, "application/zip")


def listing_response(listing: PackedJson, disk: Disk, pace: Pace) -> Outgoing:
    """A folder's listing."""
    pieces, headers = listing.pieces(), {"Content-Length": str(listing.size)}
    return Outgoing(pieces, pieces.close, disk, pace, 200, headers, "application/json")


def file_response(request: Request, file: OpenedFile, disk: Disk, pace: Pace) -> Response:
    """A file, or the range of it that was asked for (RFC 9110 section 14), to be saved.

    It closes `file`, which stays open when this raises: Problem 416.
    """
    tag = f'"{file.version}"'
    modified = formatdate(file.modified, usegmt=True)
    headers = {
        **_HARMLESS,
        "Accept-Ranges": "bytes",
        "Content-Disposition": attachment(file.path.name),
        "ETag": tag,
        "Last-Modified": modified,
    }
    part = None
    if request.headers.get("if-range", tag) in (tag, modified):
        part = _range(request.headers.get("range", ""), file.size)
    start, end = part or (0, file.size)
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    return Outgoing(
        file.pieces(start, end),
        file.close,
        disk,
        pace,
        206 if part else 200,
        headers,
        "application/octet-stream",
    )


def attachment(name: str) -> str:
    """A Content-Disposition (RFC 6266) that has a browser save something under `name`.

    Browsers take the second name; the first one, in ASCII, is for older programs.
    """
    name = shown(name)
    plain = re.sub(r'[^ !#$&-~]|["%\\]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _range(text: str, size: int) -> tuple[int, int] | None:
    """The only range of a Range header, as start and end; None where all is to be sent.

    Raises Problem 416 for one outside of the file. Several ranges may be ignored, and are.
    """
    match = _RANGE.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        start, end = max(size - int(match[2]), 0), size
    else:
        start, end = int(match[1]), min(int(match[2]) + 1, size) if match[2] else size
        if match[2] and int(match[2]) < start:
            return None
    if start >= end:
        raise Problem(
            416,
            f"the file has {size} bytes, and none of those that were asked for",
            "ask for bytes that it has",
            {"Content-Range": f"bytes */{size}"},
        )
    return start, end
