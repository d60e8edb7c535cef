"""The runtime folder: sockets, state and logs of one session."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from desktopd.session.errors import SessionError


def make_private(folder: Path) -> None:
    """Create `folder` for this user alone.

    Raises SessionError when the folder, or the one above, belongs to somebody who could put
    another in its place.
    """
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise SessionError(
            f"runtime_dir={folder}: {error.strerror}; set runtime_dir to a writable folder"
        ) from None
    for path, owners in ((folder.parent, (os.getuid(), 0)), (folder, (os.getuid(),))):
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in owners:
            raise SessionError(
                f"{path} belongs to user {status.st_uid}; set runtime_dir to a folder of your own"
            )
    folder.chmod(0o700)
    (folder / "home").mkdir(mode=0o700, exist_ok=True)
