"""The central directory of a zip that is being written (APPNOTE.TXT 4.3.12), on disk meanwhile.

Tested by tests/unit/files/test_archive.py.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from struct import Struct
from typing import IO
from zipfile import ZipFile, ZipInfo

_LENGTH = Struct("I")


class ZipDirectory(list[ZipInfo]):
    """Members that can be added to and read once, kept in `file`; in memory each has 360 bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self._count = 0

    def append(self, info: ZipInfo) -> None:
        """Keep one more member; raises OSError where the disk is full."""
        record = marshal.dumps([getattr(info, name, None) for name in ZipInfo.__slots__])
        self._file.write(_LENGTH.pack(len(record)) + record)
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[ZipInfo]:
        self._file.seek(0)
        while length := self._file.read(_LENGTH.size):
            info = ZipInfo.__new__(ZipInfo)
            record = marshal.loads(self._file.read(*_LENGTH.unpack(length)))
            for name, value in zip(ZipInfo.__slots__, record, strict=True):
                setattr(info, name, value)
            yield info


class _NoNames(dict[str, ZipInfo]):
    """Of the names nothing is kept: each comes once from a folder."""

    def __setitem__(self, name: str, info: ZipInfo) -> None:
        """Keep nothing."""


def keep_directory(archive: ZipFile, file: IO[bytes]) -> None:
    """Have `archive`, to which nothing was added yet, keep what it tells of members in `file`."""
    archive.filelist = ZipDirectory(file)
    archive.NameToInfo = _NoNames()
