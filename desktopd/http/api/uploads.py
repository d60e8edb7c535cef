"""``/api/uploads``: uploads that can be resumed, by tus 1.0.0; ``docs/api.md`` describes them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.utils import formatdate
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desktopd.files.errors import FilesError
from desktopd.files.paths import FilePath
from desktopd.files.records import Upload
from desktopd.files.sharing import SharedFiles
from desktopd.files.sweep import LIFETIME
from desktopd.files.uploads import CHECKSUMS
from desktopd.http.api import tus_headers
from desktopd.http.api.file_access import (
    BEGIN,
    PART,
    FileAccess,
    disk_of,
    if_exists,
    note,
    problem_of,
)
from desktopd.http.api.incoming import Incoming
from desktopd.http.problems import Problem, problem_response


class Turns:
    """Lets one request at a time at an upload: a newer one breaks an older one off.

    The client of an older one is often gone, and only its connection has not heard of that.
    """

    def __init__(self) -> None:
        self._taken: dict[str, tuple[Incoming, asyncio.Event]] = {}

    @asynccontextmanager
    async def take(self, upload_id: str, body: Incoming) -> AsyncIterator[None]:
        """Wait until nobody else is at this upload."""
        while upload_id in self._taken:
            other, ended = self._taken[upload_id]
            other.interrupt()
            await ended.wait()
        self._taken[upload_id] = body, asyncio.Event()
        try:
            yield
        finally:
            self._taken.pop(upload_id)[1].set()


class ResumableUploads:
    """The endpoints for uploads into one folder of files."""

    def __init__(self, files: SharedFiles) -> None:
        self._files = files
        self._uploads = files.uploads
        self._turns = Turns()

    async def collection(self, request: Request) -> Response:
        """OPTIONS and POST ``/api/uploads``."""
        return await self._answer(request, {"OPTIONS": self._options, "POST": self._create})

    async def upload(self, request: Request) -> Response:
        """HEAD, PATCH and DELETE ``/api/uploads/{id}``."""
        return await self._answer(
            request, {"HEAD": self._head, "PATCH": self._patch, "DELETE": self._delete}
        )

    async def _answer(
        self, request: Request, methods: dict[str, Callable[[Request], Awaitable[Response]]]
    ) -> Response:
        """What one of `methods` says; every response of tus names its version."""
        method = request.method
        if method == "POST":
            # Some proxies let no PATCH and no DELETE through.
            method = request.headers.get("x-http-method-override", method)
        try:
            FileAccess(self._files.rules, request).require(upload=True)
            if method not in methods:
                raise Problem(405, "method not allowed", f"use {', '.join(methods)}")
            if method != "OPTIONS":
                tus_headers.check_version(request.headers)
            response = await methods[method](request)
        except FilesError as error:
            response = problem_response(request, problem_of(error))
        except HTTPException as error:
            response = problem_response(request, Problem.of(error))
        response.headers["Tus-Resumable"] = tus_headers.VERSION
        return response

    async def _options(self, request: Request) -> Response:
        headers = {
            "Tus-Version": tus_headers.VERSION,
            "Tus-Extension": tus_headers.EXTENSIONS,
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        }
        if largest := self._files.staging.limits.largest:
            headers["Tus-Max-Size"] = str(largest)
        return Response(status_code=204, headers=headers)

    async def _create(self, request: Request) -> Response:
        length = tus_headers.number(request.headers, "Upload-Length")
        told = tus_headers.metadata(request.headers)
        if "path" not in told:
            raise Problem(400, "Upload-Metadata: no path", tus_headers.METADATA_REMEDY)
        disk = disk_of(self._files, request)
        upload = await disk.run(
            self._uploads.create,
            FilePath.parse(told["path"]),
            length,
            if_exists(told.get("if_exists")),
            request.headers["upload-metadata"],
        )
        note(request, BEGIN, upload.path, length=length)
        offset = 0
        try:
            if request.headers.get("content-type") == tus_headers.CHUNK:
                upload, offset = await self._take(request, Incoming(request), upload, 0)
            else:
                upload = await self._place(request, upload, offset)
        except BaseException:
            # The client has not been told yet where it could go on.
            await disk.finish(partial(self._uploads.remove, upload))
            raise
        headers = {"Location": f"uploads/{upload.id}", **_state(upload, offset)}
        return Response(status_code=201, headers=headers)

    async def _head(self, request: Request) -> Response:
        async with self._turns.take(_id(request), Incoming(request)):
            disk = disk_of(self._files, request)
            upload = await disk.run(self._uploads.find, _id(request))
            offset = await disk.run(self._uploads.offset, upload)
            # The last request may have ended after the last byte and before this.
            upload = await self._place(request, upload, offset)
        headers = {"Upload-Length": str(upload.length), "Upload-Metadata": upload.metadata}
        return Response(status_code=200, headers={**headers, **_state(upload, offset)})

    async def _patch(self, request: Request) -> Response:
        if request.headers.get("content-type") != tus_headers.CHUNK:
            raise Problem(415, "not a part of a file", f"send Content-Type: {tus_headers.CHUNK}")
        start = tus_headers.number(request.headers, "Upload-Offset")
        body = Incoming(request)
        async with self._turns.take(_id(request), body):
            upload = await disk_of(self._files, request).run(self._uploads.find, _id(request))
            upload, offset = await self._take(request, body, upload, start)
        return Response(status_code=204, headers=_state(upload, offset))

    async def _delete(self, request: Request) -> Response:
        async with self._turns.take(_id(request), Incoming(request)):
            disk = disk_of(self._files, request)
            upload = await disk.run(self._uploads.find, _id(request))
            await disk.run(self._uploads.remove, upload)
            if upload.placed is None:
                note(request, "gives up the upload of", upload.path)
        return Response(status_code=204)

    async def _take(
        self, request: Request, body: Incoming, upload: Upload, start: int
    ) -> tuple[Upload, int]:
        """Write a body behind `start`; the upload then, in its place if whole, and its offset."""
        try:
            offset = await self._append(request, body, upload, start)
            upload = await self._place(request, upload, offset)
        finally:
            if body.came and upload.placed is None:
                note(request, PART, upload.path, body.came)
        return upload, offset

    async def _append(self, request: Request, body: Incoming, upload: Upload, start: int) -> int:
        """Write a body behind `start`; returns where the upload stands then."""
        checksum = tus_headers.checksum(request.headers)
        disk = disk_of(self._files, request)
        piece = await disk.run(self._uploads.append, upload, start, checksum)
        try:
            async for data in body.pieces():
                await disk.run(piece.write, data)
                await self._files.pace.rest(len(data))
            await disk.run(piece.verify)
        finally:
            await disk.finish(piece.close)
        return piece.size

    async def _place(self, request: Request, upload: Upload, offset: int) -> Upload:
        """Put it into its place, and tell so, once it is whole."""
        if offset < upload.length or upload.placed is not None:
            return upload
        disk = disk_of(self._files, request)
        upload = await disk.run(self._uploads.place, upload)
        assert upload.placed is not None
        note(request, "uploads", upload.placed, upload.length)
        self._files.changes.call(str(upload.placed.parent))
        return upload


def _id(request: Request) -> str:
    upload_id: str = request.path_params["upload_id"]
    return upload_id


def _state(upload: Upload, offset: int) -> dict[str, str]:
    """The headers that tell how far an upload is."""
    headers = {"Upload-Offset": str(offset), "Cache-Control": "no-store"}
    if upload.placed is not None:
        return {**headers, "Upload-Path": upload.placed.href}
    return {**headers, "Upload-Expires": formatdate(time.time() + LIFETIME, usegmt=True)}
