"""What changes the tree: make a folder, rename, and put a finished file in its place."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from enum import StrEnum

from desktopd.files.errors import Conflict, Missing, explained
from desktopd.files.listing import EntryKind, FolderEntry, entry_of
from desktopd.files.paths import FilePath, new_name, numbered
from desktopd.files.root import Root, find


class IfExists(StrEnum):
    """What becomes of a name that is taken: an error, the old file's end, or a number behind it."""

    FAIL = "fail"
    REPLACE = "replace"
    RENAME = "rename"


def make_folder(root: Root, path: FilePath) -> FolderEntry:
    """Make a folder, and those that it lies in; raises FilesError, Conflict when it is there."""
    with root.parent(path, create=True) as folder, explained(path):
        if find(folder, path.name) is not None:
            raise _taken(path)
        made = root.spelled(path.parent) / new_name(path.name)
        os.mkdir(made.name, dir_fd=folder)
        try:
            return entry_of(made, _status(folder, made.name))
        except OSError:
            # It was made, and somebody may have taken it away since.
            return FolderEntry(made, EntryKind.FOLDER, None, os.fstat(folder).st_mtime)


def rename(root: Root, old: FilePath, new: FilePath, if_exists: IfExists) -> FolderEntry:
    """Rename or move a file or folder to `new`, whose folder must exist; raises FilesError."""
    root.check_below(old)
    if new.names[: len(old.names)] == old.names and new != old:
        raise Conflict(f"{old}: cannot move into itself", "choose another folder")
    with root.parent(old) as source, root.parent(new) as target, explained(old):
        found = find(source, old.name)
        if found is None:
            raise Missing(f"{old}: no such file or folder", "list the folder that holds it")
        # Once it has its new name somebody may give it another.
        folder, status = root.spelled(new.parent), _status(source, found)
        if os.path.samestat(os.fstat(source), os.fstat(target)) and find(target, new.name) == found:
            placed = _respell(source, found, new)
        else:
            placed = place(source, found, target, new, if_exists)
    return entry_of(folder / placed, status)


def _respell(folder: int, found: str, path: FilePath) -> str:
    """Give what is `found` another spelling of its name; raises Conflict where another has that."""
    placed = new_name(path.name)
    is_folder = stat.S_ISDIR(_status(folder, found).st_mode)
    try:
        _take(folder, placed, is_folder=is_folder)
    except FileExistsError:
        # To some disks both spellings are one name.
        with suppress(FileNotFoundError):
            if not os.path.samestat(_status(folder, placed), _status(folder, found)):
                raise _taken(path) from None
        os.rename(found, placed, src_dir_fd=folder, dst_dir_fd=folder)
    else:
        _rename_over(folder, found, folder, placed, is_folder=is_folder)
    return placed


def _status(folder: int, name: str) -> os.stat_result:
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def place(source: int, name: str, target: int, path: FilePath, if_exists: IfExists) -> str:
    """Rename `name` of the folder `source` to the last name of `path` in the folder `target`.

    Nothing is replaced unless asked for, however many do this at once: the new name is taken
    first, by something empty, and then renamed over. Returns the name that it has now; raises
    Conflict or OSError.
    """
    is_folder = stat.S_ISDIR(_status(source, name).st_mode)
    if if_exists is IfExists.REPLACE:
        placed = _replaceable(target, path, is_folder=is_folder)
        os.rename(name, placed, src_dir_fd=source, dst_dir_fd=target)
    else:
        placed = _reserve(target, path, if_exists, is_folder=is_folder)
        _rename_over(source, name, target, placed, is_folder=is_folder)
    return placed


def _rename_over(source: int, name: str, target: int, taken: str, *, is_folder: bool) -> None:
    """Rename to a name that was `taken`, or give that back; raises OSError."""
    try:
        os.rename(name, taken, src_dir_fd=source, dst_dir_fd=target)
    except OSError:
        (os.rmdir if is_folder else os.unlink)(taken, dir_fd=target)
        raise


def check_free(folder: int, path: FilePath, if_exists: IfExists) -> None:
    """Raise the FilesError that putting a file at `path` in `folder` would end with now."""
    new_name(path.name)
    if if_exists is IfExists.REPLACE:
        _replaceable(folder, path, is_folder=False)
    elif if_exists is IfExists.FAIL and find(folder, path.name) is not None:
        raise _taken(path)


def _replaceable(folder: int, path: FilePath, *, is_folder: bool) -> str:
    """How the name to be replaced is spelled; raises Conflict where either is a folder."""
    found = find(folder, path.name)
    if found is None:
        return new_name(path.name)
    mode = _status(folder, found).st_mode
    if is_folder or stat.S_ISDIR(mode):
        raise Conflict(
            f"{path}: a folder neither replaces nor is replaced", "delete what is there, or rename"
        )
    return found


def _reserve(folder: int, path: FilePath, if_exists: IfExists, *, is_folder: bool) -> str:
    """Take a free name by something empty; raises Conflict."""
    for name in numbered(new_name(path.name)):
        try:
            if find(folder, name) is None:
                _take(folder, name, is_folder=is_folder)
                return name
        except FileExistsError:
            pass
        if if_exists is IfExists.FAIL:
            break
    raise _taken(path)


def _take(folder: int, name: str, *, is_folder: bool) -> None:
    """Make something empty of that name; raises FileExistsError where it is taken."""
    if is_folder:
        os.mkdir(name, dir_fd=folder)
    else:
        os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, dir_fd=folder))


def _taken(path: FilePath) -> Conflict:
    return Conflict(
        f"{path}: there is something of that name",
        "choose another name, or say if_exists=replace or if_exists=rename",
    )
