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
from desktopd.files.records import ID, Records
from desktopd.files.root import names, open_file
from desktopd.files.staging import Staging
from desktopd.files.threads import Disk

log = logging.getLogger(__name__)

EVERY = 600.0
"""Seconds between two sweeps."""
LIFETIME = 24 * 3600.0
"""Seconds for which an upload waits to be resumed."""
REMEMBERED = 3600.0
"""Seconds for which a placed upload can be asked for."""


async def keep_swept(staging: Staging, records: Records, disk: Disk) -> None:
    """Sweep now and then, for ever."""
    while True:
        try:
            await disk.run(sweep, staging, records, time.time())
        except FilesError as error:
            log.warning("unfinished uploads: %s", error)
        await asyncio.sleep(EVERY)


def sweep(staging: Staging, records: Records, now: float) -> None:
    """Remove uploads that are too old at `now` (Unix), and what a killed process has left."""
    for top in staging.tops():
        try:
            staging.discard(top, *_old(staging, top, now))
        except (Missing, Forbidden, Conflict):
            # Most disks have no staging, or are closed to us.
            pass
        except FilesError as error:
            log.warning("unfinished uploads: %s", error)
    for upload_id, saved in records.saved():
        if _is_over(staging, records, upload_id, now - saved):
            records.remove(upload_id)


def _is_over(staging: Staging, records: Records, upload_id: str, age: float) -> bool:
    """Whether nobody will ask for an upload whose record is so many seconds old."""
    if age <= REMEMBERED:
        return False
    try:
        upload = records.load(upload_id)
        if upload.placed is not None:
            return True
        staging.reopen(upload.top, upload_id, upload.length).close()
    except FilesError:
        return age > LIFETIME
    # A single request may have gone on with it since.
    return False


def _old(staging: Staging, top: FilePath, now: float) -> list[str]:
    with staging.locked(), staging.folder(top) as folder, explained(top):
        return [
            name
            for name in names(folder)
            # Somebody may have given a folder of ours the name of staging.
            if ID.fullmatch(name.removeprefix(MARK))
            and (
                now - _modified(folder, name) > LIFETIME
                or (name.startswith(MARK) and not _is_written(folder, name))
            )
        ]


def _modified(folder: int, name: str) -> float:
    return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime


def _is_written(folder: int, name: str) -> bool:
    """Whether a process, maybe another one, holds the lock of a draft."""
    try:
        descriptor = open_file(folder, name, name)
    except (OSError, FilesError):
        # It is no draft of ours.
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
