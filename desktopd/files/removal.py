"""The deletion of a file, link or folder, which may be broken off.

Tested by tests/unit/files/test_changes.py.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import closing, suppress

from desktopd.files.errors import Conflict, explained
from desktopd.files.paths import FilePath
from desktopd.files.root import Root, find, open_folder
from desktopd.files.way_down import WayDown


class Removal:
    """Deletes what is at `path`, a folder with something in it only if `recursive`.

    `begun`: something is deleted; `whole`: all of it is.
    """

    def __init__(self, root: Root, path: FilePath, *, recursive: bool) -> None:
        self.begun = False
        self.whole = False
        self._root = root
        self._path = path
        self._recursive = recursive
        self._interrupted = False

    def interrupt(self) -> None:
        """Have `run` end soon; for any thread."""
        self._interrupted = True

    def run(self) -> None:
        """Delete it, until all of it is or somebody interrupts; blocks on the disk.

        Raises FilesError.
        """
        path = self._path
        with self._root.parent(path) as folder, explained(path):
            found = find(folder, path.name) or path.name
            status = os.stat(found, dir_fd=folder, follow_symlinks=False)
            if not stat.S_ISDIR(status.st_mode):
                os.unlink(found, dir_fd=folder)
            else:
                if self._recursive:
                    self._empty(folder, found)
                if self._interrupted:
                    return
                self._remove_empty(folder, found)
        self.begun = self.whole = True

    def _empty(self, folder: int, name: str) -> None:
        """Delete all that is in a folder, however deep."""
        top, names = self._open(folder, name)
        inside = list[str]()
        with closing(WayDown(top, "", names)) as way:
            while not self._interrupted:
                if (found := way.next_name()) is not None:
                    with suppress(FileNotFoundError):
                        if self._enter(way, found):
                            inside.append(found)
                elif inside:
                    way.leave()
                    self._remove_empty(way.folder(str(self._path)), inside.pop())
                    self.begun = True
                else:
                    return

    def _enter(self, way: WayDown, found: str) -> bool:
        """Go into what is a folder, and delete what is none; whether it is one."""
        folder = way.folder(str(self._path))
        try:
            os.unlink(found, dir_fd=folder)
        except IsADirectoryError:
            inner, names = self._open(folder, found)
            way.enter(found, inner, "", names)
            return True
        self.begun = True
        return False

    def _open(self, folder: int, name: str) -> tuple[int, list[str]]:
        """A folder in a folder, and the names of all that is in it."""
        descriptor: int = open_folder(folder, name, self._path)
        try:
            names = os.listdir(descriptor)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor, names

    def _remove_empty(self, folder: int, name: str) -> None:
        try:
            os.rmdir(name, dir_fd=folder)
        except OSError as error:
            if self._recursive and error.errno == errno.ENOENT:
                return
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            if self._recursive:
                raise Conflict(
                    f"{self._path}: something came into the folder meanwhile", "delete it again"
                ) from None
            raise Conflict(
                f"{self._path}: the folder is not empty", "add ?recursive=true"
            ) from None
