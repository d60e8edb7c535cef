"""What the endpoints of files and uploads share: who may do what, paths, errors, announcements.

Tested by tests/unit/http/api/test_file_access.py.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from starlette.requests import HTTPConnection, Request

from desktopd import audit
from desktopd.addresses import address_key
from desktopd.files.changes import IfExists
from desktopd.files.errors import (
    BadPath,
    Conflict,
    FilesError,
    Forbidden,
    Missing,
    NoSpace,
    TooLarge,
    WrongChecksum,
)
from desktopd.files.paths import FilePath
from desktopd.files.sharing import Rules, SharedFiles
from desktopd.files.threads import Disk
from desktopd.http.access.access import Access
from desktopd.http.api.body import read_body
from desktopd.http.problems import Problem
from desktopd.http.serving.proxy import client_address
from desktopd.rfb.viewers.viewer import Role

log = logging.getLogger(__name__)

STATUS: dict[type[FilesError], int] = {
    BadPath: 400,
    Forbidden: 403,
    Missing: 404,
    Conflict: 409,
    TooLarge: 413,
    WrongChecksum: 460,
    NoSpace: 507,
}
BEGIN = "begins to upload"
"""The action of a request that is about to bring a file, which `note` takes with its length."""
PART = "uploads part of"
"""The action of a request that has brought bytes of a file, of which more are to come or not."""
_JSON_LIMIT = 16_384


def problem_of(error: FilesError) -> Problem:
    """The error as one of HTTP; 500 where the disk itself fails."""
    return Problem(STATUS.get(type(error), 500), str(error), error.remedy)


class FileAccess:
    """What the client of one connection may do with files."""

    def __init__(self, rules: Rules, conn: HTTPConnection) -> None:
        self._rules = rules
        self.control = Access.of(conn).role is Role.CONTROL

    @property
    def list(self) -> bool:
        """Whether names, sizes and times may be seen."""
        return self.control or self._rules.for_viewers

    @property
    def download(self) -> bool:
        """Whether files may be loaded."""
        return self.list and self._rules.download

    @property
    def upload(self) -> bool:
        """Whether files may be uploaded, renamed and deleted."""
        return self.control and self._rules.upload

    def require(self, *, upload: bool = False, download: bool = False) -> None:
        """Raise Problem 403 where the client may not even list, or not what is named."""
        if not self.list:
            raise Problem(403, "this token may only watch", "use the token for control")
        if download and not self.download:
            raise Problem(403, "files cannot be downloaded here", "start desktopd with files=both")
        if upload and not self.upload:
            raise Problem(403, "files cannot be changed here", "start desktopd with files=both")


def disk_of(files: SharedFiles, conn: HTTPConnection) -> Disk:
    """Where what the client of a connection asks for is done.

    Of those whom the same token or link lets in each address is a person.
    """
    access = Access.of(conn)
    person = access.who, address_key(client_address(conn.scope))
    control = access.role is Role.CONTROL
    return files.disk_for(person, control=control, owner=access.owner)


def file_path(request: Request, below: bytes) -> FilePath:
    """The path behind `below` in the address, which is not decoded before it is cut at slashes."""
    return FilePath.from_url(raw_path(request).partition(below)[2])


def raw_path(request: Request) -> bytes:
    """The path of the address as it was sent."""
    raw: bytes = request.scope["raw_path"]
    return raw


def if_exists(value: str | None) -> IfExists:
    """What was said about names that are taken; raises Problem 400."""
    try:
        return IfExists(value or IfExists.FAIL)
    except ValueError:
        raise Problem(
            400, f"if_exists={value!r} is not known", "say fail, replace or rename"
        ) from None


async def json_object(request: Request, remedy: str) -> dict[str, Any]:
    """The body as a JSON object; raises Problem 400."""
    try:
        value = json.loads(await read_body(request, _JSON_LIMIT))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Problem(400, "the request is not a JSON object", remedy)
    return value


def note(
    request: Request,
    what: str,
    path: FilePath,
    size: int | None = None,
    length: int | None = None,
) -> None:
    """Write into the log who does what with which file; its size and announced length: bytes."""
    address, place = client_address(request.scope), str(path)
    audit.note(audit.Event.FILE, address=address, action=what, path=place, size=size, length=length)
    said = "" if size is None else f", {size} bytes"
    # A name that was there already may have a line break in it.
    level = logging.DEBUG if what == BEGIN else logging.INFO
    log.log(level, "%s %s %r%s", address, what, place, said)
