"""Which folder keeps the session of this process: no two processes have one.

Desktops of one user may share a disk, as two jobs of one name do. Each would delete what the
other's session needs.
"""

from __future__ import annotations

import fcntl
import itertools
import logging
import os
from pathlib import Path

from desktopd.integrations.napari.session.folder import DOCUMENT

log = logging.getLogger(__name__)


def claim(folder: Path) -> Path:
    """`folder`, or where another process has it one beside it, such as ``session-2``.

    One with a session that nobody goes on with comes first. It is held (flock(2)) until this
    process ends.
    """
    numbered = (folder.with_name(f"{folder.name}-{number}") for number in itertools.count(2))
    saved = sorted(path.parent for path in folder.parent.glob(f"{folder.name}*/{DOCUMENT}"))
    chosen = next(filter(_take, itertools.chain(saved, [folder], numbered)))
    if chosen != folder:
        log.warning("desktopd: this session is kept in %s, as there are several", chosen)
    return chosen


def _take(folder: Path) -> bool:
    """Hold a folder by a lock beside it, which is not moved with it; false where another does."""
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        lock = os.open(folder.with_name(f"{folder.name}.lock"), flags, 0o600)
    except OSError as error:
        # On a full disk nobody has begun one either.
        log.warning("desktopd: %s cannot be locked: %s", folder, error)
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    except OSError as error:
        # Some network disks have no locks.
        log.warning("desktopd: %s cannot be locked: %s", folder, error)
    return True
