"""A file that is read: opened once, then by its descriptor, whatever becomes of its name.

Tested by tests/unit/files/test_root.py.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from dataclasses import dataclass

from desktopd.files.errors import DiskError, Missing, explained
from desktopd.files.paths import FilePath
from desktopd.files.root import Root, find, open_file

PIECE = 524_288


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A plain file, as long as when it was opened; `close` ends it. Every call blocks on the disk.

    `version` changes with every change of the content; `modified` is in seconds (Unix).
    """

    path: FilePath
    descriptor: int
    size: int
    modified: float
    version: str

    def pieces(self, start: int, end: int) -> Generator[bytes, None, None]:
        """The bytes from `start` on and before `end`; raises FilesError, also if they are gone."""
        while start < end:
            with explained(self.path):
                piece = os.pread(self.descriptor, min(PIECE, end - start), start)
            if not piece:
                raise DiskError(f"{self.path}: was cut while it was read", "load it again")
            yield piece
            start += len(piece)

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self.descriptor)


def open_to_read(root: Root, path: FilePath) -> OpenedFile:
    """Open the plain file at `path`; raises FilesError, Conflict for a folder."""
    with root.parent(path) as folder, explained(path):
        found = find(folder, path.name)
        if found is None:
            raise Missing(f"{path}: no such file or folder", "list the folder that holds it")
        descriptor = open_file(folder, found, path)
        status = os.fstat(descriptor)
    return OpenedFile(
        path=path.parent / found,
        descriptor=descriptor,
        size=status.st_size,
        modified=status.st_mtime,
        # Unlike st_mtime, nobody can set this one back.
        version=f"{status.st_ino:x}-{status.st_size:x}-{status.st_ctime_ns:x}",
    )
