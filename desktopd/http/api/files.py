"""``/api/files``: the user's files; ``docs/api.md`` describes each request."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from desktopd.files import changes
from desktopd.files.archive import zip_folder
from desktopd.files.listing import EntryKind, FolderEntry, entry, listing
from desktopd.files.new_file import NewFile
from desktopd.files.paths import FilePath, shown
from desktopd.files.reading import open_to_read
from desktopd.files.removal import Removal
from desktopd.files.sharing import SharedFiles
from desktopd.http.api.file_access import (
    BEGIN,
    PART,
    FileAccess,
    disk_of,
    file_path,
    if_exists,
    json_object,
    note,
    raw_path,
)
from desktopd.http.api.incoming import Incoming
from desktopd.http.api.outgoing import file_response, listing_response, zip_response
from desktopd.http.api.packed_json import PackedJson
from desktopd.http.problems import Problem

_BELOW = b"/api/files/"


class Files:
    """The endpoints for one folder of files. Every one of them raises Problem or FilesError."""

    def __init__(self, files: SharedFiles) -> None:
        self._files = files

    async def get(self, request: Request) -> Response:
        """GET: a folder as JSON, or with ``?zip`` as zip; a file as it is."""
        access, path = FileAccess(self._files.rules, request), file_path(request, _BELOW)
        access.require()
        disk = disk_of(self._files, request)
        if "zip" in request.query_params:
            access.require(download=True)
            pieces = await disk.run(zip_folder, self._files.root, path)
            note(request, "loads the zip of", path)
            name = f"{path.name or self._files.root.path.name or 'files'}.zip"
            return zip_response(name, pieces, disk, self._files.pace)
        if is_folder(request) or await disk.run(self._is_folder, path):
            packed = await disk.run(self._listing, path, access)
            return listing_response(packed, disk, self._files.pace)
        access.require(download=True)
        file = await disk.run(open_to_read, self._files.root, path)
        try:
            response = file_response(request, file, disk, self._files.pace)
        except Problem:
            file.close()
            raise
        note(request, "loads", path, file.size)
        return response

    async def put(self, request: Request) -> Response:
        """PUT: the body becomes a file, all of it or nothing."""
        path = self._to_change(request)
        if is_folder(request):
            raise Problem(400, "the name of a file ends in no slash", "leave it out")
        if "content-range" in request.headers:
            raise Problem(400, "a part of a file cannot be put", "use /api/uploads")
        exists = if_exists(request.query_params.get("if_exists"))
        length = request.headers.get("content-length")
        staging = self._files.staging
        size = int(length) if length else None
        disk = disk_of(self._files, request)
        file = await disk.run(NewFile, staging, path, size, exists)
        note(request, BEGIN, path, length=size)
        body = Incoming(request)
        try:
            async for piece in body.pieces():
                await disk.run(file.write, piece)
                await self._files.pace.rest(len(piece))
            response = self._changed(request, "uploads", await disk.run(file.place), 201)
        except BaseException:
            if body.came:
                note(request, PART, path, body.came)
            raise
        finally:
            await disk.finish(file.close)
        return response

    async def post(self, request: Request) -> Response:
        """POST ``{"folder": true}``: a new folder."""
        path = self._to_change(request)
        remedy = 'send {"folder": true}'
        if await json_object(request, remedy) != {"folder": True}:
            raise Problem(400, "only folders are made like this", remedy)
        disk = disk_of(self._files, request)
        made = await disk.run(changes.make_folder, self._files.root, path)
        return self._changed(request, "makes", made, 201)

    async def patch(self, request: Request) -> Response:
        """PATCH ``{"to": PATH}``: another name or another folder."""
        old = self._to_change(request)
        remedy = 'send {"to": "plates/cells.tif"}, and maybe "if_exists"'
        told = await json_object(request, remedy)
        if not isinstance(told.get("to"), str) or told.keys() - {"to", "if_exists"}:
            raise Problem(400, "where to is not said", remedy)
        new, exists = FilePath.parse(told["to"]), if_exists(told.get("if_exists"))
        disk = disk_of(self._files, request)
        renamed = await disk.run(changes.rename, self._files.root, old, new, exists)
        self._files.changes.call(str(old.parent))
        return self._changed(request, f"renames {str(old)!r} to", renamed, 200)

    async def delete(self, request: Request) -> Response:
        """DELETE: a file or an empty folder; with ``?recursive=true`` any folder."""
        path = self._to_change(request)
        recursive = request.query_params.get("recursive") == "true"
        removal = Removal(self._files.root, path, recursive=recursive)
        try:
            await disk_of(self._files, request).interruptible(removal.interrupt, removal.run)
        finally:
            if removal.begun:
                note(request, "deletes" if removal.whole else "deletes part of", path)
                self._files.changes.call(str(path.parent))
        return Response(status_code=204)

    def _to_change(self, request: Request) -> FilePath:
        FileAccess(self._files.rules, request).require(upload=True)
        return file_path(request, _BELOW)

    def _changed(self, request: Request, what: str, made: FolderEntry, status: int) -> Response:
        note(request, what, made.path, made.size)
        self._files.changes.call(str(made.path.parent))
        return JSONResponse(entry_json(made), status)

    def _is_folder(self, path: FilePath) -> bool:
        return entry(self._files.root, path).kind is EntryKind.FOLDER

    def _listing(self, path: FilePath, access: FileAccess) -> PackedJson:
        """A folder as JSON, which may be long: not for the event loop."""
        limits = self._files.staging.limits
        with listing(self._files.root, path) as found:
            facts = {
                "path": str(found.path),
                "root": str(self._files.root.path) if access.control else None,
                "space": {"total": found.space.total, "free": found.space.free},
                "lasting": self._files.lasting,
                "limits": {"file": limits.largest or None, "free": limits.free},
                "may": {"download": access.download, "upload": access.upload},
            }
            return PackedJson(facts, "entries", map(entry_json, found.entries))


def is_folder(request: Request) -> bool:
    """Whether the address names a folder: the root, or something with a slash at its end."""
    return raw_path(request).endswith(b"/")


def entry_json(one: FolderEntry) -> dict[str, Any]:
    """An entry for a client; ``href`` is its address behind ``api/files/``."""
    slash = "/" if one.kind is EntryKind.FOLDER else ""
    return {
        "name": shown(one.path.name),
        "href": one.path.href + slash,
        "kind": one.kind,
        "size": one.size,
        "modified": round(one.modified, 3),
    }
