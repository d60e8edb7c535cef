"""The way into a tree that is walked: folders in each other, of which only the last few are open.

Tested by tests/unit/files/test_archive.py.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from desktopd.files.root import open_folder

OPEN = 8
"""Folders that are open at one moment, besides the first."""


@dataclass(slots=True)
class _Folder:
    """`name` is what it is called in the folder before; `left` are those to visit, last first."""

    name: str
    prefix: str
    left: list[str]
    descriptor: int | None


class WayDown:
    """The folders that a walk is in, the first of them `descriptor`; `close` closes all.

    One that the walk comes back to is opened again from the first one on, by name and past no
    link: whoever changes the tree meanwhile can make that fail, and never make it leave the first.
    Every call blocks on the disk.
    """

    def __init__(self, descriptor: int, prefix: str, names: list[str]) -> None:
        self._folders = [_Folder("", prefix, names[::-1], descriptor)]

    @property
    def depth(self) -> int:
        """How many folders in each other the walk is in."""
        return len(self._folders)

    @property
    def prefix(self) -> str:
        """How the names in the last folder begin."""
        return self._folders[-1].prefix

    def next_name(self) -> str | None:
        """The next name to visit in the last folder; None when there is none left."""
        left = self._folders[-1].left
        return left.pop() if left else None

    def enter(self, name: str, descriptor: int, prefix: str, names: list[str]) -> None:
        """Go into a folder of the last one, which has been opened by `folder`."""
        self._folders.append(_Folder(name, prefix, names[::-1], descriptor))
        self._close_before(len(self._folders) - 1)

    def leave(self) -> None:
        """Go back to the folder before."""
        _close(self._folders.pop())

    def folder(self, subject: str) -> int:
        """The descriptor of the last folder; raises OSError, and Forbidden for a link.

        `subject` is what the error calls it.
        """
        last = len(self._folders) - 1
        opened = next(n for n in range(last, -1, -1) if self._folders[n].descriptor is not None)
        descriptor = self._folders[opened].descriptor
        assert descriptor is not None
        for number in range(opened + 1, last + 1):
            folder = self._folders[number]
            descriptor = open_folder(descriptor, folder.name, subject)
            folder.descriptor = descriptor
            self._close_before(number)
        return descriptor

    def close(self) -> None:
        """Close all that are open."""
        while self._folders:
            self.leave()

    def _close_before(self, number: int) -> None:
        """Close what is no longer among the last few where folder `number` is the last."""
        if number > OPEN:
            _close(self._folders[number - OPEN])


def _close(folder: _Folder) -> None:
    if folder.descriptor is not None:
        os.close(folder.descriptor)
        folder.descriptor = None
