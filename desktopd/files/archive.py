"""A folder as a zip (APPNOTE.TXT 6.3.10), made while it is read: little memory, no copy of it.

Links, sockets and the like are left out, as is what cannot be read; a text at the end names them,
and what is not as anybody has written it.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from desktopd.files.errors import BadPath, FilesError, explained
from desktopd.files.paths import FilePath, numbered, shown
from desktopd.files.reading import is_rewritten, rewritten
from desktopd.files.root import Root, names, open_file, open_folder
from desktopd.files.way_down import WayDown
from desktopd.files.zip_directory import keep_directory

BLOCK = 262_144
# Readers that do not seek take no stored file whose size follows it; this is the lightest other.
_LEVEL = 1
_DOS_FOLDER = 0x10
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_LATEST = (2107, 12, 31, 23, 59, 58)
_LEFT_OUT = "desktopd-left-out.txt"
_DEEPEST = 1024
"""Folders in each other that are read: of each the names still to visit are in memory."""
_LONGEST_NAME = 65_535
"""Bytes of a path in a zip, with the slash behind a folder."""


class _Sink:
    """What ZipFile writes to: keeps the bytes until they are taken, and cannot seek."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, data: bytes) -> int:
        self._bytes += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self, at_least: int) -> Iterator[bytes]:
        """What has been written, once it is so much."""
        if len(self._bytes) >= at_least:
            yield bytes(self._bytes)
            self._bytes.clear()


@dataclass(frozen=True, slots=True)
class _Member:
    """An opened file or folder on the way through a tree; the name of a folder ends in a slash."""

    name: str
    descriptor: int
    status: os.stat_result

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")

    def info(self) -> ZipInfo:
        info = ZipInfo(self.name, _date(self.status.st_mtime))
        info.external_attr = self.status.st_mode << 16 | (_DOS_FOLDER if self.is_folder else 0)
        # From its size ZipFile knows whether a file needs zip64.
        info.file_size = 0 if self.is_folder else self.status.st_size
        info.compress_type = ZIP_DEFLATED
        return info


def zip_folder(root: Root, path: FilePath) -> Generator[bytes, None, None]:
    """The zip of the folder at `path`, in pieces of about 256 KiB; raises FilesError at once.

    A FilesError while the pieces are taken ends a zip that is not whole. `close` ends it early.
    """
    pieces = _zip(root, path)
    next(pieces)
    return pieces


def _zip(root: Root, path: FilePath) -> Generator[bytes, None, None]:
    """First nothing, with the folder open."""
    sink, left_out = _Sink(), list[str]()
    top = f"{_inside(path.name)}/" if path.names else ""
    with root.folder(path) as folder, explained(path):
        yield b""
        walk = _walk(folder, top, left_out)
        with (
            closing(walk),
            SpooledTemporaryFile(BLOCK) as directory,
            ZipFile(sink, "w", compresslevel=_LEVEL) as archive,
        ):
            keep_directory(archive, directory)
            for member in walk:
                yield from _add(archive, sink, member)
                if not member.is_folder and is_rewritten(member.descriptor, member.status):
                    left_out.append(str(rewritten(member.name)))
            if left_out:
                # Who unpacks a zip in its folder has the text of before there.
                free = (name for name in numbered(_LEFT_OUT) if not _is_there(folder, name))
                name = next(free, _LEFT_OUT)
                archive.writestr(f"{top}{name}", "\n".join([*left_out, ""]))
        yield from sink.take(at_least=1)


def _add(archive: ZipFile, sink: _Sink, member: _Member) -> Iterator[bytes]:
    with archive.open(member.info(), "w") as entry:
        # Of a file that grows no more is taken than there was when it was opened.
        left = 0 if member.is_folder else member.status.st_size
        while left and (block := os.read(member.descriptor, min(BLOCK, left))):
            entry.write(block)
            left -= len(block)
            yield from sink.take(at_least=BLOCK)
    yield from sink.take(at_least=BLOCK)


def _walk(folder: int, top: str, left_out: list[str]) -> Generator[_Member, None, None]:
    """Open all files and folders below `folder`, one after the other, and close each.

    What is left out is appended to `left_out`, with the reason.
    """
    with closing(WayDown(os.dup(folder), top, names(folder))) as way:
        while way.depth:
            if (found := way.next_name()) is None:
                way.leave()
                continue
            try:
                member = _open(way, found)
            except FilesError as error:
                left_out.append(str(error))
                continue
            if member.is_folder:
                way.enter(found, member.descriptor, member.name, names(member.descriptor))
                yield member
            else:
                try:
                    yield member
                finally:
                    os.close(member.descriptor)


def _open(way: WayDown, found: str) -> _Member:
    inside = _inside(found)
    with explained(name := way.prefix + inside):
        folder = way.folder(name)
        while inside != found and _is_there(folder, inside):
            inside += "%"
        name = way.prefix + inside
        if len(name.encode()) >= _LONGEST_NAME:
            raise BadPath(f"{name[:60]}…: a path too long for a zip", "load an inner folder")
        status = os.stat(found, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            if way.depth >= _DEEPEST:
                raise BadPath(
                    f"{name[:60]}…: folders too deep in each other", "load an inner folder"
                )
            return _Member(f"{name}/", open_folder(folder, found, name), status)
        descriptor = open_file(folder, found, name)
        return _Member(name, descriptor, os.fstat(descriptor))


def _inside(name: str) -> str:
    """A name as a zip has it; to Windows a backslash is a slash, and ``..\\`` leads outside.

    No two of those that come out as others come out alike, nor does any of them end in ``%``.
    """
    if "\\" not in name and shown(name) == name:
        return name
    return shown(name.replace("%", "%25").replace("\\", "%5C"))


def _is_there(folder: int, name: str) -> bool:
    return os.access(name, os.F_OK, dir_fd=folder, follow_symlinks=False)


def _date(modified: float) -> tuple[int, int, int, int, int, int]:
    """Local time, within the years that a zip knows."""
    year, month, day, hour, minute, second, *_ = time.localtime(modified)
    return max(_EARLIEST, min((year, month, day, hour, minute, second), _LATEST))
