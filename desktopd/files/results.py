"""The folder of results: which files and folders in it are at rest, told whenever these are others.

Programs write there and tell nobody, and the disk may be one whose own events do not come here (a
network's, a bind mount of another system's): so the folder is looked at now and then.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from desktopd.files.errors import FilesError
from desktopd.files.listing import EntryKind, FolderEntry, list_folder
from desktopd.files.paths import FilePath
from desktopd.files.root import Root
from desktopd.files.threads import Disk
from desktopd.files.tree_facts import tree_facts
from desktopd.observers import Observers

EVERY = 2.0
"""Seconds between two looks. What is alike in both is no longer being written."""
SHARE = 0.1
"""Of all time, the part that looks may take: folders of many files are looked at less often."""
MOST = 100
"""Results that are told, the newest."""
_TEMPORARY = (".tmp", ".temp", ".part", ".partial", "~")

Look = frozenset[FolderEntry]


class Results:
    """What lies directly in `folder`; `changes` are called when `files` are others.

    A folder counts as one result, with all that is in it (a Zarr store is one).
    """

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

    async def watch(self, disk: Disk) -> None:
        """Look now and then, for ever."""
        while True:
            began = time.monotonic()
            self.note(await disk.run(self.look))
            await asyncio.sleep(max(EVERY, (time.monotonic() - began) / SHARE))

    def look(self) -> Look:
        """What is there now; nothing where the folder is missing or closed. Blocks on the disk."""
        try:
            entries = list_folder(self._root, self.folder)
        except FilesError:
            return frozenset()
        return frozenset(self._results_among(entries))

    def _results_among(self, entries: Iterable[FolderEntry]) -> Iterator[FolderEntry]:
        """Those with something in them, and not hidden by a program while it makes them."""
        for entry in entries:
            whole = self._whole(entry)
            if whole.size and not _is_temporary(entry.path.name):
                yield whole

    def _whole(self, entry: FolderEntry) -> FolderEntry:
        """A folder with the size and the latest change of all that is in it."""
        if entry.kind is not EntryKind.FOLDER:
            return entry
        try:
            facts = tree_facts(self._root, entry.path)
        except FilesError:
            return entry
        return replace(entry, size=facts.size, modified=facts.modified)

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


def _is_temporary(name: str) -> bool:
    """Whether programs call a file so that they are still making, or that is of no use."""
    return name.startswith(".") or name.lower().endswith(_TEMPORARY)
