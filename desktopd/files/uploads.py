"""Uploads that can be resumed, after a loss of the connection or of this process.

Staging has a record of each, ``ID.json``, and beside it the draft, ``ID``, until it is placed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace

from desktopd.files.changes import IfExists
from desktopd.files.draft import Draft
from desktopd.files.errors import Conflict, FilesError, Missing, WrongChecksum, explained
from desktopd.files.paths import FilePath
from desktopd.files.staging import Staging

log = logging.getLogger(__name__)

CHECKSUMS = ("sha1", "sha256")
_ID = re.compile(r"[A-Za-z0-9_-]{22}")


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


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of a piece come to; `algorithm` is one of CHECKSUMS."""

    algorithm: str
    digest: bytes


class Uploads:
    """All uploads that can be resumed; no two calls may be about one upload at one time.

    Every call blocks on the disk, and raises FilesError.
    """

    def __init__(self, staging: Staging) -> None:
        self._staging = staging

    def create(self, path: FilePath, length: int, if_exists: IfExists, metadata: str) -> Upload:
        """Begin an upload, if it can be expected to end well."""
        top = self._staging.admit(path, length, if_exists)
        upload = Upload(
            id=secrets.token_urlsafe(16),
            top=top,
            path=path,
            length=length,
            if_exists=if_exists,
            metadata=metadata,
        )
        try:
            self._staging.begin(top, upload.id, length).close()
            self._save(upload)
        except BaseException:
            self.remove(upload)
            raise
        return upload

    def find(self, upload_id: str) -> Upload:
        """The upload of that id; raises Missing when there is none any more."""
        if _ID.fullmatch(upload_id):
            for top in self._staging.tops():
                with suppress(FilesError):
                    return self._load(top, upload_id)
        raise Missing("there is no such upload", "begin it anew")

    def offset(self, upload: Upload) -> int:
        """How many bytes of it are here."""
        if upload.placed is not None:
            return upload.length
        if upload.trusted is not None:
            return upload.trusted
        with self._staging.folder(upload.top) as folder, explained("the upload"):
            return os.stat(upload.id, dir_fd=folder).st_size

    def append(self, upload: Upload, offset: int, checksum: Checksum | None) -> Piece:
        """Begin to write at `offset`; raises Conflict when that is not where the upload stands."""
        if upload.placed is not None:
            raise Conflict(f"the upload is whole: {upload.placed}", "upload the next file")
        here = self.offset(upload)
        if offset != here:
            raise Conflict(f"the upload is at byte {here}, not {offset}", "ask for its offset")
        draft = self._staging.reopen(upload.top, upload.id, upload.length)
        piece = Piece(draft, checksum, lambda: self._save(replace(upload, trusted=None)))
        try:
            draft.cut(offset)
            self._save(replace(upload, trusted=offset if checksum else None))
        except BaseException:
            draft.close()
            raise
        return piece

    def place(self, upload: Upload) -> Upload:
        """Put a whole upload where it belongs; nothing more when it is there.

        A name that was free at the beginning and is taken now makes it ``cells (2).tif``.
        """
        if upload.placed is not None:
            return upload
        draft = self._staging.reopen(upload.top, upload.id, upload.length)
        try:
            draft.sync()
        finally:
            draft.close()
        if_exists = IfExists.RENAME if upload.if_exists is IfExists.FAIL else upload.if_exists
        placed = self._staging.place(upload.top, upload.id, upload.path, if_exists)
        upload = replace(upload, placed=placed)
        try:
            self._save(upload)
        except FilesError as error:
            # It only means that whoever asks again hears of no such upload.
            log.warning("%s is uploaded, but: %s", placed, error)
        return upload

    def remove(self, upload: Upload) -> None:
        """Forget an upload; a file that was placed stays."""
        self._staging.discard(upload.top, upload.id, f"{upload.id}.json", f"{upload.id}.new")

    def _save(self, upload: Upload) -> None:
        """Replace the record, at one stroke."""
        record, new = f"{upload.id}.json", f"{upload.id}.new"
        with self._staging.folder(upload.top) as folder, explained("the upload"):
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            with open(new, "w", opener=lambda name, _: os.open(name, flags, dir_fd=folder)) as file:
                json.dump(asdict(upload), file)
            os.replace(new, record, src_dir_fd=folder, dst_dir_fd=folder)

    def _load(self, top: FilePath, upload_id: str) -> Upload:
        with self._staging.folder(top) as folder, explained("the upload"):
            name = f"{upload_id}.json"
            with open(name, opener=lambda name, flags: os.open(name, flags, dir_fd=folder)) as file:
                record = file.read()
        try:
            return _parse(record)
        except (ValueError, TypeError, KeyError):
            raise Missing("the record of the upload is damaged", "begin it anew") from None


def _parse(record: str) -> Upload:
    values = json.loads(record)
    for key in ("top", "path", "placed"):
        if values[key] is not None:
            values[key] = FilePath(tuple(values[key]["names"]))
    return Upload(**{**values, "if_exists": IfExists(values["if_exists"])})


class Piece:
    """What is appended in one go. With a `checksum` all of it counts, or nothing.

    `settle` is called once it is known how much that is.
    """

    def __init__(self, draft: Draft, checksum: Checksum | None, settle: Callable[[], None]) -> None:
        self._draft = draft
        self._start = draft.size
        self._checksum = checksum
        self._hash = hashlib.new(checksum.algorithm) if checksum else None
        self._settle = settle
        self._verified = checksum is None

    @property
    def size(self) -> int:
        """How much of the upload is there, with what this piece has brought so far."""
        return self._draft.size

    def write(self, data: bytes) -> None:
        """Append `data`."""
        self._draft.write(data)
        if self._hash is not None:
            self._hash.update(data)

    def verify(self) -> None:
        """Raise WrongChecksum, and forget the piece, if it is not what was sent."""
        if self._hash is None or self._checksum is None:
            return
        if self._hash.digest() != self._checksum.digest:
            raise WrongChecksum(
                f"the {self._checksum.algorithm} of what has arrived is another", "send it again"
            )
        self._verified = True

    def close(self) -> None:
        """End it; a piece that should have been verified and was not is forgotten."""
        try:
            if not self._verified:
                self._draft.cut(self._start)
        finally:
            self._draft.close()
        if self._checksum is not None:
            self._settle()
