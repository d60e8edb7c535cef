"""What is there: one entry, the entries of a folder, the room on its disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

from desktopd.files.errors import Missing, explained
from desktopd.files.paths import FilePath
from desktopd.files.root import Root, find, names


class EntryKind(StrEnum):
    """What an entry is; a link is not followed, and OTHER is a socket, FIFO or device."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """One entry of a folder: `size` in bytes, None of a listed folder; `modified` in Unix time."""

    path: FilePath
    kind: EntryKind
    size: int | None
    modified: float


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes of a disk: how many there are, and how many this user can still fill."""

    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A folder, what is in it by name, and the room on its disk."""

    path: FilePath
    entries: Iterator[FolderEntry]
    space: Space


@contextmanager
def listing(root: Root, path: FilePath) -> Iterator[Listing]:
    """The folder at `path`, its entries made as they are taken: there may be millions.

    Raises FilesError, also while they are taken, which is to be within the block.
    """
    with root.folder(path) as folder, explained(path):
        yield Listing(path, _entries(folder, path), space(folder))


def list_folder(root: Root, path: FilePath) -> tuple[FolderEntry, ...]:
    """The entries of the folder at `path`, all at once; raises FilesError."""
    with listing(root, path) as found:
        return tuple(found.entries)


def _entries(folder: int, path: FilePath) -> Iterator[FolderEntry]:
    for found in names(folder):
        # What is deleted meanwhile is not there.
        with suppress(FileNotFoundError):
            yield _entry(folder, path / found)


def entry(root: Root, path: FilePath) -> FolderEntry:
    """The entry at `path`, spelled as it stands on the disk; raises FilesError."""
    with root.parent(path) as folder, explained(path):
        found = find(folder, path.name)
        if found is None:
            raise Missing(f"{path}: no such file or folder", "list the folder that holds it")
        return _entry(folder, root.spelled(path.parent) / found)


def space(descriptor: int) -> Space:
    """The room on the disk of an open file or folder."""
    disk = os.fstatvfs(descriptor)
    return Space(disk.f_blocks * disk.f_frsize, disk.f_bavail * disk.f_frsize)


def _entry(folder: int, path: FilePath) -> FolderEntry:
    return entry_of(path, os.stat(path.name, dir_fd=folder, follow_symlinks=False))


def entry_of(path: FilePath, status: os.stat_result) -> FolderEntry:
    """The entry of what has this status, at `path` as it stands on the disk."""
    kind = _kind(status.st_mode)
    size = status.st_size if kind is EntryKind.FILE else None
    return FolderEntry(path, kind, size, status.st_mtime)


def _kind(mode: int) -> EntryKind:
    if stat.S_ISREG(mode):
        return EntryKind.FILE
    if stat.S_ISDIR(mode):
        return EntryKind.FOLDER
    return EntryKind.LINK if stat.S_ISLNK(mode) else EntryKind.OTHER
