"""Files that are replaced whole, or stay as they were.

Tested by tests/unit/integrations/napari/session/test_blocks.py.
"""

from __future__ import annotations

import contextlib
import errno
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file, which has the place of `path` once all that was written is there.

    Raises OSError otherwise, also for what a disk tells at the end alone, as those of a network do.
    What is no file makes room.
    """
    fresh = path.with_name(f"{path.name}.new")
    make_room_for_file(fresh)
    fresh.unlink(missing_ok=True)
    try:
        with fresh.open("xb") as file:
            yield file
            written = file.tell()
        if (size := fresh.stat().st_size) != written:
            raise OSError(errno.EIO, f"{size} of {written} bytes were written", str(path))
        make_room_for_file(path)
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


def make_room_for_file(path: Path) -> None:
    """Have a folder lie beside that lies in the place of a file."""
    if path.is_dir() and not path.is_symlink():
        _put_beside(path)


def make_room_for_folder(path: Path) -> None:
    """Have whatever else lies in the place of a folder lie beside."""
    if not path.is_dir():
        _put_beside(path)


def _put_beside(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.rename(path.with_name(f"{path.name}.{secrets.token_hex(4)}.beside"))
