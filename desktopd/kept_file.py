"""A small file that is written anew now and then, on a full disk too: its room is taken before.

test_full_disk tests it.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path


def write_kept(path: Path, data: bytes) -> None:
    """Put `data` for this user alone into the file at `path`; raises OSError.

    It is replaced whole, and where there is no room for a second one it is overwritten in the room
    that it has; where that is too small it stays as it is.
    """
    fresh = path.with_suffix(".new")
    try:
        _write(fresh, os.O_CREAT | os.O_TRUNC, data)
        fresh.replace(path)
    except OSError as full:
        with suppress(OSError):
            fresh.unlink()
        try:
            _write(path, 0, data)
        except FileNotFoundError:
            raise full from None


def _write(path: Path, flags: int, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | flags, 0o600)
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    with open(descriptor, "wb", buffering=0) as file:
        if not flags and len(data) > _room(descriptor):
            raise full
        if file.write(data) != len(data):
            raise full
        # Not before: the blocks would be anybody's in between.
        file.truncate()


def _room(descriptor: int) -> int:
    """Bytes that fit into an open file as it is; st_blocks counts 512 of them (inode(7))."""
    status = os.fstat(descriptor)
    return max(status.st_size, 512 * status.st_blocks)
