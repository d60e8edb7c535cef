"""How often a saved session has ended the application that puts it back, as that counts it.

The file is that of `desktopd.integrations.napari.session.folder`. Tested by
tests/unit/applications/test_tries.py.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from pathlib import Path

from desktopd.openers import itself_at_once

TRIES = "restoring"
"""In the folder of a session: a byte for each try, until one has been survived."""
ENDLESS = 300.0
"""Seconds after which a try counts, whoever ends it: it may be one that comes to no end."""


def take_back(sessions: Path, name: str | None) -> None:
    """Have the last try at session `name` not count: the application was ended on purpose.

    `sessions` is the folder of all that it may have; another name is none of a session.
    """
    if name is None or name in ("", ".", "..") or "/" in name or "\0" in name:
        return
    path = sessions / name / TRIES
    with contextlib.suppress(OSError), open(path, "rb+", opener=itself_at_once) as file:
        status = os.fstat(file.fileno())
        is_fresh = time.time() - status.st_mtime < ENDLESS
        if not stat.S_ISREG(status.st_mode) or not is_fresh:
            return
        if status.st_size > 1:
            file.truncate(status.st_size - 1)
        else:
            path.unlink()
