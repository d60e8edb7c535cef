"""Removes from staging what nobody will go on with.

Tested by tests/unit/files/test_sweep.py.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import time

from desktopd.files.errors import Conflict, FilesError, Forbidden, Missing, explained
from desktopd.files.new_file import MARK
from desktopd.files.paths import FilePath
from desktopd.files.root import names
from desktopd.files.staging import Staging
from desktopd.files.threads import DiskThreads

log = logging.getLogger(__name__)

EVERY = 600.0
"""Seconds between two sweeps."""
LIFETIME = 24 * 3600.0
"""Seconds for which an upload waits to be resumed."""
REMEMBERED = 3600.0
"""Seconds for which a placed upload can be asked for."""


async def keep_swept(staging: Staging, disk: DiskThreads) -> None:
    """Sweep now and then, for ever."""
    while True:
        try:
            await disk.run(sweep, staging, time.time())
        except FilesError as error:
            log.warning("unfinished uploads: %s", error)
        await asyncio.sleep(EVERY)


def sweep(staging: Staging, now: float) -> None:
    """Remove uploads that are too old at `now` (Unix), and what a killed process has left."""
    for top in staging.tops():
        try:
            staging.discard(top, *_old(staging, top, now))
        except (Missing, Forbidden, Conflict):
            # Most disks have no staging, or are closed to us.
            pass
        except FilesError as error:
            log.warning("unfinished uploads: %s", error)


def _old(staging: Staging, top: FilePath, now: float) -> list[str]:
    with staging.locked(), staging.folder(top) as folder, explained(top):
        modified = {name: _modified(folder, name) for name in names(folder)}
        newest: dict[str, float] = {}
        for name, when in modified.items():
            newest[_upload(name)] = max(when, newest.get(_upload(name), when))
        return [
            name
            for name in modified
            if now - newest[_upload(name)] > (LIFETIME if _upload(name) in modified else REMEMBERED)
            or (name.startswith(MARK) and not _is_written(folder, name))
        ]


def _upload(name: str) -> str:
    """The id of the upload that a file of staging belongs to, which is the name of its draft."""
    return name.partition(".")[0]


def _modified(folder: int, name: str) -> float:
    return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime


def _is_written(folder: int, name: str) -> bool:
    """Whether a process, maybe another one, holds the lock of a draft."""
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
