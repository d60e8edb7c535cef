"""Uploads that can be resumed, after a loss of the connection or of this process.

Staging has the draft of each, ``ID``, until it is placed. What else is known of it is in its
record alone: an application writes in staging what it likes.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from desktopd.files.changes import IfExists
from desktopd.files.draft import Draft
from desktopd.files.errors import Conflict, FilesError, Missing, WrongChecksum
from desktopd.files.paths import FilePath
from desktopd.files.records import Records, Upload
from desktopd.files.staging import Staging

log = logging.getLogger(__name__)

CHECKSUMS = ("sha1", "sha256")


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of a piece come to; `algorithm` is one of CHECKSUMS."""

    algorithm: str
    digest: bytes


class Uploads:
    """All uploads that can be resumed; no two calls may be about one upload at one time.

    Every call blocks on the disk, and raises FilesError.
    """

    def __init__(self, staging: Staging, records: Records) -> None:
        self._staging = staging
        self._records = records

    def create(self, path: FilePath, length: int, if_exists: IfExists, metadata: str) -> Upload:
        """Begin an upload, if it can be expected to end well."""
        top = self._staging.admit(path, length, if_exists)
        self._records.check_room()
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
            self._records.save(upload)
        except BaseException:
            self.remove(upload)
            raise
        return upload

    def find(self, upload_id: str) -> Upload:
        """The upload of that id; raises Missing when there is none any more."""
        upload = self._records.load(upload_id)
        if upload.top not in self._staging.tops():
            raise Missing("the disk of the upload is not there", "begin it anew")
        return upload

    def offset(self, upload: Upload) -> int:
        """How many bytes of it are here."""
        if upload.placed is not None:
            return upload.length
        draft = self._staging.reopen(upload.top, upload.id, upload.length)
        draft.close()
        return draft.size if upload.trusted is None else upload.trusted

    def append(self, upload: Upload, offset: int, checksum: Checksum | None) -> Piece:
        """Begin to write at `offset`; raises Conflict when that is not where the upload stands."""
        if upload.placed is not None:
            raise Conflict(f"the upload is whole: {upload.placed}", "upload the next file")
        here = self.offset(upload)
        if offset != here:
            raise Conflict(f"the upload is at byte {here}, not {offset}", "ask for its offset")
        draft = self._staging.reopen(upload.top, upload.id, upload.length)
        piece = Piece(draft, checksum, lambda: self._records.save(replace(upload, trusted=None)))
        try:
            draft.cut(offset)
            self._records.save(replace(upload, trusted=offset if checksum else None))
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
            self._records.save(upload)
            self._staging.discard(upload.top)
        except FilesError as error:
            # It only means that whoever asks again hears of no such upload.
            log.warning("%s is uploaded, but: %s", placed, error)
        return upload

    def remove(self, upload: Upload) -> None:
        """Forget an upload; a file that was placed stays."""
        self._records.remove(upload.id)
        self._staging.discard(upload.top, upload.id)


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
