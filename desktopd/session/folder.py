"""The runtime folder: sockets, state and logs of one session."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from desktopd.session.errors import SessionError
from desktopd.session.identity import LOCK, give_identity

# sockaddr_un(7): 108 bytes with the NUL at the end.
SOCKET_PATH_LIMIT = 107
LONGEST = "companion/sock"
"""The socket with the longest name, that of the application's companion."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO | stat.S_ISVTX
_OF_DISKS = {"lost+found"}


def make_private(folder: Path) -> None:
    """Create `folder` for this user alone, or close one that is there to others.

    Raises SessionError when the folder, or the one above, belongs to somebody who could put
    another in its place, and when it is there for something else (`_require_for_us`).
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
    _require_for_us(folder)
    folder.chmod(0o700)
    (folder / "home").mkdir(mode=0o700, exist_ok=True)


def require_own(folder: Path) -> None:
    """Raise SessionError where somebody else has made the folder, or could put another there.

    Raises OSError where there is none.
    """
    _check_owner(folder.parent, (os.getuid(), 0))
    _check_owner(folder, (os.getuid(),))


def _require_for_us(folder: Path) -> None:
    """Raise SessionError where others use the folder, as /tmp: it would be closed to them.

    One that is open may be empty, such as a volume, or one of ours that a volume has opened again.
    """
    with suppress(RuntimeError, OSError):
        if folder.samefile(os.sep) or folder.samefile(Path.home()):
            raise SessionError(
                f"runtime_dir={folder} has more than desktopd; set it to a folder of its own"
            )
    mode = folder.stat().st_mode
    if not mode & _OTHERS or not (found := {path.name for path in folder.iterdir()} - _OF_DISKS):
        return
    if mode & stat.S_ISVTX or not _is_own(folder / LOCK):
        some = ", ".join(sorted(found)[:3])
        raise SessionError(
            f"runtime_dir={folder} is open to others ({mode & 0o7777:04o}) and holds {some}; "
            "set it to a folder for desktopd alone, or to one that is not there yet"
        )


def _is_own(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid()


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

    Raises SessionError when a living process has it, by its pid, and OSError.
    """
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _hold(folder, lock)
    except BaseException:
        os.close(lock)
        raise
    return lock


def _hold(folder: Path, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(lock, 20).decode("ascii", "replace").strip() or "another process"
        raise SessionError(
            f"runtime_dir={folder} is used by the desktopd with pid {owner}; "
            "end it, or set another port or runtime_dir"
        ) from None
    # Never truncated: on a full disk its room would be gone.
    os.pwrite(lock, b"%-20d" % os.getpid(), 0)
    give_identity(folder, lock)
