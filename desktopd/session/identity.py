"""What names a runtime folder on this machine, in any mount namespace.

Tested by tests/unit/session/test_marks.py.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

LOCK = "lock"
"""The file that holds it, behind the pid of the process that has claimed the folder."""
_AT = 20
_BYTES = re.compile(rb"[0-9a-f]{32}")
_kept: dict[Path, str] = {}


def identity(folder: Path) -> str:
    """The name of a folder that is claimed, or nobody else's; raises OSError.

    Neither a copy of the folder has it, nor one that comes in its place. For this process it stays
    the same, also where somebody deletes what is in the folder.
    """
    if folder not in _kept:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if (found := _read(lock)) is None:
                os.pwrite(lock, secrets.token_hex(16).encode(), _AT)
                found = _read(lock)
        finally:
            os.close(lock)
        if found is None:
            raise OSError(f"{folder / LOCK} does not keep what is written there")
        _kept[folder] = found
    return _kept[folder]


def known_identity(folder: Path) -> str | None:
    """The same of any folder, which stays as it is; None where none has been given to it."""
    if folder in _kept:
        return _kept[folder]
    with suppress(OSError):
        lock = os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            return _read(lock)
        finally:
            os.close(lock)
    return None


def _read(lock: int) -> str | None:
    written = os.pread(lock, 32, _AT)
    if not _BYTES.fullmatch(written):
        return None
    status = os.fstat(lock)
    return f"{written.decode()}-{status.st_dev:x}-{status.st_ino:x}"
