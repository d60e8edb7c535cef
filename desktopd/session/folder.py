"""The runtime folder: sockets, state and logs of one session."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Collection
from pathlib import Path

from desktopd.session.errors import SessionError

# sockaddr_un(7): 108 bytes with the NUL at the end.
SOCKET_PATH_LIMIT = 107
LONGEST = "companion/sock"
"""The socket with the longest name, that of the application's companion."""


def make_private(folder: Path) -> None:
    """Create `folder` for this user alone.

    Raises SessionError when the folder, or the one above, belongs to somebody who could put
    another in its place.
    """
    _check_length(folder)
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Before anything is made in it: a link of somebody else's leads anywhere.
        _check_owner(folder.parent, (os.getuid(), 0))
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise SessionError(
            f"runtime_dir={folder}: {error.strerror}; set runtime_dir to a writable folder"
        ) from None
    _check_owner(folder, (os.getuid(),))
    folder.chmod(0o700)
    (folder / "home").mkdir(mode=0o700, exist_ok=True)


def require_own(folder: Path) -> None:
    """Raise SessionError where somebody else has made the folder, or could put another there.

    Raises OSError where there is none.
    """
    _check_owner(folder.parent, (os.getuid(), 0))
    _check_owner(folder, (os.getuid(),))


def require_unmoved(folder: Path) -> None:
    """Raise SessionError where everybody may move it away, or what it is in, and put another there.

    That is so in a folder that all may write to and that has no sticky bit (inode(7)): the cookie
    of the next X server would be theirs.
    """
    # A link on the way and what it leads to may both be replaced.
    for above in (*folder.absolute().parents, *folder.resolve().parents):
        mode = above.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise SessionError(
                f"runtime_dir={folder}: everybody may replace what is in {above}; "
                f"chmod +t {above}, or set another runtime_dir"
            )


def in_the_way(error: OSError) -> SessionError:
    """What keeps us from using the file that `error` names, and what helps."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = "make room there" if full else "remove it"
    where = error.filename or "runtime_dir"
    return SessionError(f"{where}: {error.strerror}; {remedy}, or set another runtime_dir")


def _check_owner(folder: Path, owners: Collection[int]) -> None:
    status = folder.lstat()
    if stat.S_ISDIR(status.st_mode) and status.st_uid in owners:
        return
    if status.st_uid in owners:
        what = "is no folder" if not folder.is_dir() else "is a link"
    else:
        what = f"belongs to user {status.st_uid}"
    raise SessionError(f"{folder} {what}; set runtime_dir to a folder of your own")


def _check_length(folder: Path) -> None:
    socket_path = os.fsencode(folder / LONGEST)
    if len(socket_path) > SOCKET_PATH_LIMIT:
        raise SessionError(
            f"runtime_dir={folder}: too long for a unix socket by "
            f"{len(socket_path) - SOCKET_PATH_LIMIT} bytes; set runtime_dir to a shorter path"
        )


def claim(folder: Path) -> int:
    """Take `folder` for this process; returns the descriptor that holds it until the end.

    Raises SessionError when a living process has it, by its pid.
    """
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(lock, 20).decode("ascii", "replace").strip() or "another process"
        os.close(lock)
        raise SessionError(
            f"runtime_dir={folder} is used by the desktopd with pid {owner}; "
            "end it, or set another port or runtime_dir"
        ) from None
    # Never truncated: on a full disk its room would be gone.
    os.pwrite(lock, b"%-20d" % os.getpid(), 0)
    return lock
