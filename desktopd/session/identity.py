"""What names a runtime folder on this machine, in any mount namespace.

Tested by tests/unit/session/test_marks.py.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from desktopd.openers import itself_at_once

LOCK = "lock"
"""The file that holds it, behind the pid of the process that has claimed the folder."""
_AT = 20
_TOKEN = re.compile(rb"[0-9a-f]{32}")
_kept: dict[Path, str] = {}


def give_identity(folder: Path, lock: int) -> None:
    """Give the folder with this open lock, which we hold, a name unless it has one; raises OSError.

    Neither a copy of the folder has it, nor one that comes in its place. For this process it stays
    the same, also where somebody deletes what is in the folder.
    """
    token = _read(lock)
    if token is None:
        token = secrets.token_hex(16).encode()
        if os.pwrite(lock, token, _AT) != len(token):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / LOCK))
    _kept[folder] = _name(lock, token)


def identity(folder: Path) -> str | None:
    """The name of any folder, which stays as it is; None where none has been given to it."""
    if folder in _kept:
        return _kept[folder]
    with suppress(OSError), open(folder / LOCK, "rb", opener=itself_at_once) as lock:
        if token := _read(lock.fileno()):
            return _name(lock.fileno(), token)
    return None


def _read(lock: int) -> bytes | None:
    written = os.pread(lock, 32, _AT)
    return written if _TOKEN.fullmatch(written) else None


def _name(lock: int, token: bytes) -> str:
    status = os.fstat(lock)
    return f"{token.decode()}-{status.st_dev:x}-{status.st_ino:x}"
