"""The folder of results: which files in it are at rest, told whenever these are others.

Programs write there and tell nobody, and the disk may be one whose own events do not come here (a
network's, a bind mount of another system's): so the folder is looked at now and then.
"""

from __future__ import annotations

import asyncio

from desktopd.files.errors import FilesError
from desktopd.files.listing import EntryKind, FolderEntry, list_folder
from desktopd.files.paths import FilePath
from desktopd.files.root import Root
from desktopd.files.threads import DiskThreads
from desktopd.observers import Observers

EVERY = 2.0
"""Seconds between two looks. A file that is alike in both is no longer being written."""
MOST = 100
"""Files that are told, the newest."""

Look = frozenset[FolderEntry]


class Results:
    """The files directly in `folder`; `changes` are called when `files` are others."""

    def __init__(self, root: Root, folder: FilePath) -> None:
        self.folder = folder
        self.changes = Observers[[]]()
        self._root = root
        self._last: Look | None = None
        self._files: tuple[FolderEntry, ...] | None = None

    @property
    def files(self) -> tuple[FolderEntry, ...] | None:
        """Those at rest, the newest first; None until there have been two looks."""
        return self._files

    async def watch(self, disk: DiskThreads) -> None:
        """Look now and then, for ever."""
        while True:
            self.note(await disk.run(self.look))
            await asyncio.sleep(EVERY)

    def look(self) -> Look:
        """What is there now; nothing where the folder is missing or closed. Blocks on the disk."""
        try:
            entries = list_folder(self._root, self.folder).entries
        except FilesError:
            return frozenset()
        return frozenset(entry for entry in entries if _is_result(entry))

    def note(self, look: Look) -> None:
        """Take one more look for the latest."""
        last, self._last = self._last, look
        if last is None:
            return
        resting = sorted(look & last, key=lambda entry: (-entry.modified, entry.path.name))
        files = tuple(resting[:MOST])
        if files != self._files:
            self._files = files
            self.changes.call()


def _is_result(entry: FolderEntry) -> bool:
    """A file with something in it, and not one that a program hides while it makes it."""
    return entry.kind is EntryKind.FILE and bool(entry.size) and entry.path.name[0] != "."
