"""A file that is written in one go: it is whole in its place, or nothing of it is left.

Tested by tests/unit/files/test_new_file.py.
"""

from __future__ import annotations

import os
import secrets

from desktopd.files.changes import IfExists
from desktopd.files.listing import FolderEntry, entry_of
from desktopd.files.paths import FilePath
from desktopd.files.staging import Staging

MARK = "once~"
"""How the names of such drafts begin; one whose lock nobody holds was left by a killed process."""


class NewFile:
    """A file on its way to `path`; `length` is None where nobody knows it yet.

    Every call blocks on the disk, and raises FilesError.
    """

    def __init__(
        self, staging: Staging, path: FilePath, length: int | None, if_exists: IfExists
    ) -> None:
        self._staging = staging
        self._path = path
        self._if_exists = if_exists
        self._top = staging.admit(path, length, if_exists)
        self._name = f"{MARK}{secrets.token_urlsafe(16)}"
        self._draft = staging.begin(self._top, self._name, length)

    def write(self, data: bytes) -> None:
        """Append `data`."""
        self._draft.write(data)

    def place(self) -> FolderEntry:
        """Put it where it belongs; raises Conflict when the name was taken meanwhile."""
        self._draft.sync()
        status = os.fstat(self._draft.descriptor)
        placed = self._staging.place(self._top, self._name, self._path, self._if_exists)
        return entry_of(placed, status)

    def close(self) -> None:
        """End it; what was not placed is gone."""
        self._draft.close()
        self._staging.discard(self._top, self._name)
