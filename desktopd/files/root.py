"""The root, and the walk to what lies below it: by descriptors, one name at a time, past no link.

Whoever changes the tree meanwhile can make a walk fail, and never make it leave the root.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from desktopd.files.errors import BadPath, Conflict, Forbidden, explained
from desktopd.files.paths import FilePath, composed, is_reserved, new_name, spellings

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# A FIFO would be waited for, a terminal become ours.
_FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY


class Root:
    """The folder at `path`, which may be a link itself. Every call blocks on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    @contextmanager
    def folder(self, path: FilePath, *, create: bool = False) -> Iterator[int]:
        """The descriptor of a folder; `create` makes what is missing of it. Raises FilesError."""
        with explained(path):
            descriptor = self._walk(path, create=create)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def parent(self, path: FilePath, *, create: bool = False) -> Iterator[int]:
        """The descriptor of the folder that holds `path`; raises FilesError, also for the root."""
        self.check_below(path)
        with self.folder(path.parent, create=create) as descriptor:
            yield descriptor

    def check_below(self, path: FilePath) -> None:
        """Raise BadPath for the root itself."""
        if not path.names:
            raise BadPath("the top folder itself cannot be changed", "name something in it")

    def spelled(self, path: FilePath) -> FilePath:
        """The folder at `path`, each name as it stands on the disk; raises FilesError."""
        names: list[str] = []
        with explained(path):
            os.close(self._walk(path, create=False, spelled=names))
        return FilePath(tuple(names))

    def nearest(self, path: FilePath) -> FilePath:
        """The longest part of `path` that is a folder; raises FilesError where a file is in it."""
        with explained(path):
            descriptor = os.open(self.path, _FOLDER)
            try:
                for depth, name in enumerate(path.names):
                    found = find(descriptor, name)
                    if found is None:
                        return FilePath(path.names[:depth])
                    descriptor = _step(descriptor, found, path)
            finally:
                os.close(descriptor)
        return path

    def _walk(self, path: FilePath, *, create: bool, spelled: list[str] | None = None) -> int:
        """The descriptor of a folder; its names are appended to `spelled` as the disk has them."""
        descriptor = os.open(self.path, _FOLDER)
        try:
            for name in path.names:
                found = find(descriptor, name)
                if found is None and create:
                    found = new_name(name)
                    with suppress(FileExistsError):
                        os.mkdir(found, dir_fd=descriptor)
                descriptor = _step(descriptor, found or name, path)
                if spelled is not None:
                    spelled.append(found or name)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor


def find(folder: int, name: str) -> str | None:
    """How `name` is spelled in the folder of this descriptor; None when it is not there."""
    for spelling in spellings(name):
        try:
            os.stat(spelling, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            continue
        except OSError as error:
            # Decomposed, a name can be three times as long, and is then not there.
            if error.errno != errno.ENAMETOOLONG or spelling == composed(name):
                raise
        else:
            return spelling
    return None


def names(folder: int) -> list[str]:
    """What is in the folder of this descriptor, in order."""
    return sorted(name for name in os.listdir(folder) if not is_reserved(name))


def open_folder(folder: int, name: str, subject: object) -> int:
    """The descriptor of a folder in a folder; raises OSError, and Forbidden for a link.

    `subject` is what the error calls it.
    """
    try:
        return os.open(name, _FOLDER, dir_fd=folder)
    except NotADirectoryError:
        with suppress(FileNotFoundError):
            _refuse_link(os.stat(name, dir_fd=folder, follow_symlinks=False), subject)
        raise


def open_file(folder: int, name: str, subject: object, access: int = os.O_RDONLY) -> int:
    """The descriptor of a plain file in a folder; raises OSError, FilesError for anything else.

    `subject` is what the error calls it, `access` is O_RDONLY or O_RDWR.
    """
    # Opening a device can do something by itself.
    _refuse_special(os.stat(name, dir_fd=folder, follow_symlinks=False), subject)
    descriptor = os.open(name, _FILE | access, dir_fd=folder)
    try:
        _refuse_special(os.fstat(descriptor), subject)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _step(folder: int, name: str, subject: object) -> int:
    """From a folder into one of its folders: closes the descriptor that it was given."""
    inner = open_folder(folder, name, subject)
    os.close(folder)
    return inner


def _refuse_special(status: os.stat_result, subject: object) -> None:
    _refuse_link(status, subject)
    if stat.S_ISDIR(status.st_mode):
        raise Conflict(f"{subject}: a folder", "load it as a zip")
    if not stat.S_ISREG(status.st_mode):
        raise Forbidden(f"{subject}: neither a file nor a folder", "take a plain file")


def _refuse_link(status: os.stat_result, subject: object) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise Forbidden(
            f"{subject}: a link, and links are not followed",
            "take what it points to, or replace it by a copy",
        )
