"""A small file that is written anew now and then, on a full disk too: its room is taken before.

And room that is kept for what others write.

test_full_disk tests it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from desktopd.openers import at_once

MOST = 16 * 1024 * 1024
"""Bytes of what is kept: far more than we write, and what memory has room for."""
_PIECE = bytes(4096)


def read_kept(path: Path) -> bytes:
    """What the file at `path` holds, at most MOST bytes; raises OSError.

    Also for more, and for anything but a plain file.
    """
    with open(path, "rb", opener=at_once) as file:
        _require_plain(file.fileno(), path)
        data = file.read(MOST + 1)
    if len(data) > MOST:
        raise OSError(errno.EFBIG, f"more than {MOST} bytes", str(path))
    return data


def write_kept(path: Path, data: bytes) -> None:
    """Put `data` for this user alone into the file at `path`; raises OSError.

    It is replaced whole, and where there is no room for a second one it is overwritten in the room
    that it has; where that is too small it stays as it is.
    """
    fresh = path.with_suffix(".new")
    # One that was killed may have left its own, or somebody else anything.
    with suppress(OSError):
        fresh.unlink()
    try:
        _write(fresh, os.O_CREAT | os.O_EXCL, data)
        fresh.replace(path)
    except OSError as full:
        with suppress(OSError):
            fresh.unlink()
        try:
            _write(path, 0, data)
        except FileNotFoundError:
            raise full from None


@contextmanager
def kept_room(path: Path, size: int) -> Iterator[None]:
    """Leave others, for the block, the room that the file at `path` has held since the last one.

    It holds `size` bytes then, or as many as there is room for.
    """
    with suppress(OSError):
        path.unlink()
    try:
        yield
    finally:
        # Of what is allocated as one, nothing is had where some is missing.
        with suppress(OSError), open(path, "xb", 0, opener=_own) as file:
            for _ in range(size // len(_PIECE)):
                file.write(_PIECE)


def _own(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write(path: Path, flags: int, data: bytes) -> None:
    descriptor = at_once(path, os.O_WRONLY | flags)
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    with open(descriptor, "wb", buffering=0) as file:
        _require_plain(descriptor, path)
        if not flags and len(data) > _room(descriptor):
            raise full
        if file.write(data) != len(data):
            raise full
        # Not before: the blocks would be anybody's in between.
        file.truncate()


def _require_plain(descriptor: int, path: Path) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OSError(errno.EINVAL, "is no plain file", str(path))


def _room(descriptor: int) -> int:
    """Bytes that fit into an open file as it is; st_blocks counts 512 of them (inode(7))."""
    status = os.fstat(descriptor)
    return max(status.st_size, 512 * status.st_blocks)
