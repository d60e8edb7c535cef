"""Which folder keeps the session of this process: no two processes have one.

Desktops of one user may share a disk, as two jobs of one name do. Each would delete what the
other's session needs.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import itertools
import logging
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

from desktopd.integrations.napari.session.document import DOCUMENT

log = logging.getLogger(__name__)

READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)
HELD = (errno.EAGAIN, errno.EACCES)
NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)
"""Of flock(2) and fcntl(2) on disks that have none, as some of a network."""


class NoLocks(OSError):
    """A disk on which nothing can be locked."""


def claim(folder: Path) -> Path:
    """`folder`, or where another process has it one beside it, such as ``session-2``.

    One with a session that nobody goes on with comes first. It is held until this process ends, by
    a lock beside it, which is not moved with it. Where nothing can be locked it is one that no
    other machine has, such as ``session-at-node7``. Raises OSError where nobody can tell.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        chosen = _first(folder, lock)
    except NoLocks:
        log.warning(
            "desktopd: no locks in %s, whose sessions are each machine's own", folder.parent
        )
        chosen = _first(folder, hold_here, f"-at-{_machine()}")
    if chosen != folder:
        log.warning("desktopd: this session is kept in %s", chosen)
    return chosen


def _first(folder: Path, take: Callable[[Path], bool], end: str = "") -> Path:
    numbers = (f"-{number}" for number in itertools.count(2))
    names = (f"{folder.name}{number}{end}" for number in itertools.chain([""], numbers))
    is_one = re.compile(rf"{re.escape(folder.name)}(-\d+)?{re.escape(end)}").fullmatch
    beside = (place for place in folder.parent.iterdir() if is_one(place.name))
    saved = sorted(place for place in beside if os.path.lexists(place / DOCUMENT))
    return next(filter(take, itertools.chain(saved, map(folder.with_name, names))))


def lock(folder: Path) -> bool:
    """Hold a folder for all machines, by flock(2) or else by fcntl(2); false: another does.

    Raises OSError, NoLocks where the disk has neither.
    """
    file, is_held = _open(lock_of(folder)), False
    try:
        is_held = _lock(file)
    finally:
        if not is_held:
            os.close(file)
    return is_held


def lock_of(folder: Path) -> Path:
    """The file by whose lock a folder is held."""
    return folder.with_name(f"{folder.name}.lock")


def _lock(file: int) -> bool:
    for way in (fcntl.flock, fcntl.lockf):
        try:
            way(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in HELD:
                return False
            if error.errno not in NO_LOCKS:
                raise
        else:
            return True
    raise NoLocks(errno.ENOLCK, os.strerror(errno.ENOLCK))


def _open(path: Path) -> int:
    flags = os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, os.O_RDWR | flags, 0o600)
    except OSError as error:
        if error.errno not in READ_ONLY:
            raise
        # A session that cannot be saved any more can still be put back.
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)


def hold_here(folder: Path) -> bool:
    """Hold a folder for this machine, by the name of a socket (unix(7), abstract); see `lock`."""
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()
    held = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        held.bind(f"\0desktopd-{os.geteuid()}-{name}")
    except OSError as error:
        held.close()
        if error.errno != errno.EADDRINUSE:
            raise
        return False
    held.detach()
    return True


def _machine() -> str:
    return re.sub(r"[^\w.-]", "_", socket.gethostname()) or "localhost"
