"""Where files grow until they are whole: a hidden folder of this user on each disk of the tree.

A file in staging is on the disk of its target, so that putting it there is a rename.
Tested by tests/unit/files/test_uploads.py.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import PurePath
from threading import Lock

from desktopd.files.changes import IfExists, check_free, place
from desktopd.files.draft import Draft
from desktopd.files.errors import Forbidden, Missing, explained
from desktopd.files.limits import UploadLimits
from desktopd.files.mounts import MOUNTS, ROOT, is_below, mounts
from desktopd.files.paths import RESERVED, FilePath, new_name
from desktopd.files.replaced import Replaced
from desktopd.files.root import Root, open_file, open_folder


class Staging:
    """The hidden folders below `root`. Every call blocks on the disk."""

    def __init__(self, root: Root, limits: UploadLimits) -> None:
        self.root = root
        self.limits = limits
        # Another user's folder would be closed to us.
        self._name = f"{RESERVED}-{os.geteuid()}"
        self._lock = Lock()

    def tops(self) -> list[FilePath]:
        """The tops of the disks below the root, the root among them, inner ones first."""
        with explained(ROOT / MOUNTS):
            known = mounts()
        # An automounter's place would be mounted by a look at it.
        points = {mount.point for mount in known if mount.kind != "autofs"}
        root = str(self.root.path)
        below = [PurePath(point).relative_to(root) for point in points if is_below(point, root)]
        tops = {FilePath(()), *(FilePath(path.parts) for path in below)}
        return sorted(tops, key=lambda top: len(top.names), reverse=True)

    def admit(self, path: FilePath, length: int | None, if_exists: IfExists) -> FilePath:
        """The top of the disk for a new file at `path`, of `length` bytes where that is known.

        Raises the FilesError that writing the file would end with now.
        """
        self.root.check_below(path)
        self.limits.check_size(length or 0)
        nearest = self.root.nearest(path.parent)
        for name in path.names[len(nearest.names) :]:
            new_name(name)
        with self.root.folder(nearest) as folder, explained(path):
            if nearest == path.parent:
                check_free(folder, path, if_exists)
            _check_writable(folder)
            self.limits.check_space(folder, length or 0)
        return next(t for t in self.tops() if nearest.names[: len(t.names)] == t.names)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody begins or removes anything meanwhile."""
        with self._lock:
            yield

    def begin(self, top: FilePath, name: str, end: int | None) -> Draft:
        """A new, empty draft of that name, with a lock (flock) on it; raises FilesError."""
        with self.locked(), self.folder(top, create=True) as folder, explained("the upload"):
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
            descriptor = os.open(name, flags, 0o666, dir_fd=folder)
            # Some network disks have no locks; there, what is left is only known by its age.
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return Draft(descriptor, self.limits, end)

    def reopen(self, top: FilePath, name: str, end: int | None) -> Draft:
        """The draft of that name; raises FilesError, Forbidden for what we have not made."""
        with self.folder(top) as folder, explained("the upload"):
            descriptor = open_file(folder, name, "the upload", os.O_RDWR)
            status = os.fstat(descriptor)
            # By another name it may be any file of ours.
            if status.st_uid != os.geteuid() or status.st_nlink > 1:
                os.close(descriptor)
                raise Forbidden("the upload: another file is in its place", "begin it anew")
            return Draft(descriptor, self.limits, end)

    def place(self, top: FilePath, name: str, path: FilePath, if_exists: IfExists) -> FilePath:
        """Move a whole draft to `path`, and make its folders; the path that it has got.

        What takes the place of a plain file of this user gets its mode. Raises FilesError, and the
        draft is still there then.
        """
        with (
            self.folder(top) as staging,
            self.root.parent(path, create=True) as folder,
            explained(path),
        ):
            spelled = self.root.spelled(path.parent)
            if if_exists is IfExists.REPLACE and (replaced := Replaced.at(folder, path)):
                draft = self.reopen(top, name, None)
                replaced.hand_on(draft.descriptor)
                draft.close()
            placed = place(staging, name, folder, path, if_exists)
            # Some network disks cannot.
            with suppress(OSError):
                os.fsync(folder)
        return spelled / placed

    def discard(self, top: FilePath, *names: str) -> None:
        """Remove files of staging that may be there, and the hidden folder if nothing else is."""
        with self.locked(), self.root.folder(top) as outer, explained("the upload"):
            with suppress(Missing), self.folder(top) as folder:
                for name in names:
                    with suppress(FileNotFoundError, IsADirectoryError):
                        os.unlink(name, dir_fd=folder)
            with suppress(OSError):
                os.rmdir(self._name, dir_fd=outer)

    @contextmanager
    def folder(self, top: FilePath, *, create: bool = False) -> Iterator[int]:
        """The descriptor of the hidden folder of a disk; raises FilesError."""
        with self.root.folder(top) as outer, explained(top / self._name):
            if create:
                with suppress(FileExistsError):
                    os.mkdir(self._name, 0o700, dir_fd=outer)
            descriptor = open_folder(outer, self._name, self._name)
        try:
            if os.fstat(descriptor).st_uid != os.geteuid():
                raise Forbidden(f"{top / self._name}: of another user", "remove it")
            yield descriptor
        finally:
            os.close(descriptor)


def _check_writable(folder: int) -> None:
    """Raise the OSError that making something in the folder of this descriptor would end with."""
    if os.fstatvfs(folder).f_flag & os.ST_RDONLY:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))
    if not os.access(".", os.W_OK | os.X_OK, dir_fd=folder, effective_ids=True):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
