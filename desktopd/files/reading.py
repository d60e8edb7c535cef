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

    `status` is of that moment.
    """

    path: FilePath
    descriptor: int
    status: os.stat_result

    @property
    def size(self) -> int:
        """Bytes of it."""
        return self.status.st_size

    @property
    def modified(self) -> float:
        """When its content changed last, in seconds (Unix)."""
        return self.status.st_mtime

    @property
    def version(self) -> str:
        """A name for this content, which changes with every change of it."""
        status = self.status
        # Unlike st_mtime, nobody can set this one back.
        return f"{status.st_ino:x}-{status.st_size:x}-{status.st_ctime_ns:x}"

    def pieces(self, start: int, end: int) -> Generator[bytes, None, None]:
        """The bytes from `start` on and before `end`; raises FilesError, also once they are others.

        Half of what was there and half of what is there now is no file that anybody has written.
        """
        while start < end:
            with explained(self.path):
                piece = os.pread(self.descriptor, min(PIECE, end - start), start)
                if not piece or is_rewritten(self.descriptor, self.status):
                    raise rewritten(self.path)
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
    return OpenedFile(path.parent / found, descriptor, status)


def rewritten(subject: object) -> DiskError:
    """What is wrong with a file that somebody wrote anew meanwhile."""
    return DiskError(f"{subject}: was changed while it was read", "load it again")


def is_rewritten(descriptor: int, before: os.stat_result) -> bool:
    """Whether a file has lost what it held when it had this status; one that only grew has not."""
    now = os.fstat(descriptor)
    if now.st_size == before.st_size:
        return now.st_mtime_ns != before.st_mtime_ns
    return now.st_size < before.st_size
