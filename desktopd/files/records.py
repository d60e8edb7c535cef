"""What is known of each upload, ``ID.json``: in a folder of the daemon's, where nobody else writes.

Whatever stands beside the files themselves their user can forge: it would tell us where to write.
Tested by tests/unit/files/test_records.py.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from desktopd.files.changes import IfExists
from desktopd.files.errors import FilesError, Missing, NoSpace, explained
from desktopd.files.paths import FilePath
from desktopd.kept_file import read_kept, write_kept

SPARED = 100_000_000
SHARE = 10
"""Bytes that records leave free on their disk, or that share of it where it is less: a tenth."""

ID = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One upload as its record has it.

    `top`: the disk that it is on. `length`: bytes of the whole file. `metadata`: text of the
    client, kept for it. `trusted`: how much of the draft counts while a piece with a checksum is
    being written, else None for all of it. `placed`: where the file lies, once it is whole.
    """

    id: str
    top: FilePath
    path: FilePath
    length: int
    if_exists: IfExists
    metadata: str
    trusted: int | None = None
    placed: FilePath | None = None


class Records:
    """The records in `folder`, which is made when it is needed. Every call blocks on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check_room(self) -> None:
        """Raise NoSpace where one more would take room that the desktop itself needs."""
        with explained("the upload"):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            disk = os.statvfs(self._folder)
        if disk.f_bavail * disk.f_frsize < min(SPARED, disk.f_blocks * disk.f_frsize // SHARE):
            raise NoSpace("the disk of runtime_dir is full", "end other uploads, or try later")

    def load(self, upload_id: str) -> Upload:
        """The upload of that id; raises Missing when there is none, or none that can be read."""
        try:
            if ID.fullmatch(upload_id):
                return _parse(upload_id, read_kept(self._path(upload_id)).decode())
        except (OSError, ValueError, TypeError, KeyError, RecursionError, FilesError):
            pass
        raise Missing("there is no such upload", "begin it anew")

    def save(self, upload: Upload) -> None:
        """Replace the record, at one stroke."""
        values = asdict(upload)
        for name in ("top", "path", "placed"):
            path = getattr(upload, name)
            values[name] = path if path is None else path.href
        with explained("the upload"):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            write_kept(self._path(upload.id), json.dumps(values).encode())

    def remove(self, upload_id: str) -> None:
        """Forget what is known of an upload."""
        with explained("the upload"):
            for path in (self._path(upload_id), self._path(upload_id).with_suffix(".new")):
                path.unlink(missing_ok=True)

    def saved(self) -> Iterator[tuple[str, float]]:
        """The id of each, and when it was saved last (Unix)."""
        with explained("unfinished uploads"):
            for path in list(self._folder.glob("*")):
                with suppress(FileNotFoundError):
                    yield path.stem, path.stat().st_mtime

    def _path(self, upload_id: str) -> Path:
        return self._folder / f"{upload_id}.json"


def _parse(upload_id: str, record: str) -> Upload:
    """The upload of a record; raises ValueError, TypeError, KeyError, RecursionError, BadPath."""
    values = json.loads(record)
    trusted, placed = values["trusted"], values["placed"]
    return Upload(
        id=upload_id,
        top=_read(values["top"]),
        path=_read(values["path"]),
        length=int(values["length"]),
        if_exists=IfExists(values["if_exists"]),
        metadata=str(values["metadata"]),
        trusted=trusted if trusted is None else int(trusted),
        placed=placed if placed is None else _read(placed),
    )


def _read(href: str) -> FilePath:
    """A path as `FilePath.href` wrote it; raises TypeError, ValueError and BadPath."""
    return FilePath.from_url(bytes(href, "ascii"))
