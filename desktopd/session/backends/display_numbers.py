"""Numbers of displays, and the locks and sockets by which X servers hold them.

An X server with ``-displayfd`` makes no lock (``-nolock`` in effect), and takes over the socket of
whoever has its number already. So a number is chosen here: claimed while its server starts, and
from then on locked on the server's behalf, as X servers without that option do it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import secrets
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktopd.session.procfs import start_time

SOCKETS = Path("/tmp/.X11-unix")
# Displays of people and of other software have low numbers.
NUMBERS = range(10, 60_000)
MORE_NUMBERS = range(100_000, 1_000_000_000)
"""Those of which nobody can take all, nor many, by files in /tmp: for who finds the others taken.

Programs know no bound, as displays on TCP alone have one (port 6000 and the number).
"""
_TRIED = 100
"""So many are tried from the first on; where somebody has these he may have many more."""
# A link leads anywhere, and a pipe has whoever opens it wait.
_AS_IT_IS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def candidates() -> Iterator[int]:
    """Numbers to try: the low ones first, and then any."""
    yield from NUMBERS[:_TRIED]
    for numbers in (NUMBERS[_TRIED:], MORE_NUMBERS):
        yield from random.sample(numbers, min(_TRIED, len(numbers)))


def _looks_taken(number: int) -> bool:
    """Whether somebody has it, as can be told without making anything."""
    return os.path.lexists(_lock(number)) or is_foreign(number)


@contextmanager
def claim(number: int) -> Iterator[socket.socket | None]:
    """Keep display `number` from everybody else for the block; None where it is not free.

    The claim is an abstract socket, which the kernel gives to one process and takes back at its
    end, and the lock of the display, for daemons in other containers that share /tmp. What comes
    of it is the abstract socket of the display itself, on which nobody listens: libxcb asks
    (1.15) before it looks at the file, and shows the cookie.
    """
    if _looks_taken(number):
        yield None
        return
    with socket.socket(socket.AF_UNIX) as claimed, socket.socket(socket.AF_UNIX) as unheard:
        try:
            claimed.bind(f"\0desktopd-display-{number}")
            unheard.bind(f"\0{_socket(number)}")
        except OSError:
            yield None
            return
        with _keymap_kept(number):
            if is_served(number) or is_foreign(number):
                yield None
                return
            with _locked(number) as is_ours:
                yield unheard if is_ours else None


@contextmanager
def _keymap_kept(number: int) -> Iterator[None]:
    """Have the file of a display's keymap be ours for the block; xkbcomp replaces what is ours."""
    path = _keymap(number)
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError:
        # It is there, whosever it is; or there is no room, and xkbcomp will say so.
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()


def close_to_others(number: int) -> None:
    """Leave the socket of our X server to this user alone.

    Whoever connects has one of its 256 places, before he shows any cookie. That is late for who
    has waited for it, and needed where `keeping_umask` finds no filters.
    """
    # It has the abstract one alone, or root has made it.
    with contextlib.suppress(OSError):
        _socket(number).chmod(0o600)


def lock(number: int, pid: int) -> None:
    """Make the lock of a claimed display that of its X server; raises OSError.

    One that the server has made itself stays.
    """
    with _fresh_lock(number, pid) as (fresh, _), contextlib.suppress(FileExistsError):
        if _holds(_lock(number), os.getpid()):
            fresh.rename(_lock(number))
        else:
            _lock(number).hardlink_to(fresh)


@contextmanager
def _locked(number: int) -> Iterator[bool]:
    """Hold the lock of display `number` for the block; false where somebody else does.

    It is held by flock(2) too: in another container our pid says nothing. What `lock` has put in
    its place stays. Where no lock can be made there is none to be had by others either.
    """
    held = None
    try:
        held, is_ours = _take_lock(number), True
    except FileExistsError:
        is_ours = False
    except OSError:
        is_ours = not _lock(number).exists()
    try:
        yield is_ours
    finally:
        if held is not None:
            _give_lock(number, held)


def _take_lock(number: int) -> int:
    """Make the lock; returns the descriptor that holds it. Raises FileExistsError, OSError."""
    with _fresh_lock(number, os.getpid()) as (fresh, held):
        # A link is made once, with all that the lock holds.
        _lock(number).hardlink_to(fresh)
        return fcntl.fcntl(held, fcntl.F_DUPFD_CLOEXEC, 0)


def _give_lock(number: int, held: int) -> None:
    """Delete the lock, unless it is that of an X server by now."""
    with contextlib.suppress(OSError):
        if os.path.samestat(os.fstat(held), _lock(number).lstat()):
            _lock(number).unlink()
    os.close(held)


def _content(pid: int) -> bytes:
    """What X servers write into a lock."""
    return f"{pid:>10}\n".encode()


def _holds(path: Path, pid: int) -> bool:
    """Whether a lock is that of this process. Somebody else may have put anything in its place."""
    try:
        with open(os.open(path, _AS_IT_IS), "rb") as file:
            return file.read(16) == _content(pid)
    except OSError:
        return False


@contextmanager
def _fresh_lock(number: int, pid: int) -> Iterator[tuple[Path, int]]:
    """A lock with this pid under another name, for the block, and a descriptor that holds it."""
    # Nobody guesses it: what somebody had put there would be in the way.
    fresh = Path(f"/tmp/.tX{number}-lock.{secrets.token_hex(8)}")
    try:
        # Whoever may open a file may hold it too: nobody else may before we do.
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb", 0) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.write(_content(pid))
            os.fchmod(file.fileno(), 0o444)
            yield fresh, file.fileno()
    finally:
        fresh.unlink(missing_ok=True)


def remove_dead_locks() -> None:
    """Delete our own locks and sockets of displays whose server is gone."""
    for path in Path("/tmp").glob(".X*-lock"):
        # Another server is making or removing one at this moment, or it is not a lock.
        with contextlib.suppress(OSError, ValueError):
            _remove_if_dead(path, int(path.name[2:-5]))


def make_socket_folder() -> None:
    """Create the folder of the sockets, open to every user, where there is none yet and may be."""
    with contextlib.suppress(OSError):  # one that cannot be made is one that cannot be written
        SOCKETS.mkdir()
        SOCKETS.chmod(0o1777)


def socket_folder_risk() -> str:
    """What would let somebody else put his socket in the place of ours, empty where nothing does.

    Programs would show him the cookie of our display.
    """
    try:
        found = SOCKETS.lstat()
    except FileNotFoundError:
        return ""
    others = stat.S_IWGRP | stat.S_IWOTH
    if not stat.S_ISDIR(found.st_mode):
        return f"{SOCKETS} is no folder"
    if found.st_uid not in (0, os.getuid()):
        return f"{SOCKETS} belongs to user {found.st_uid}"
    if found.st_mode & others and not (found.st_mode & stat.S_ISVTX or _is_read_only(SOCKETS)):
        return f"{SOCKETS} may be changed by everybody, and has no sticky bit"
    return ""


def _is_read_only(folder: Path) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def can_make_sockets() -> bool:
    """Whether an X server of ours can listen in the folder of the sockets, and nobody in its place.

    Where not, it has the abstract socket alone, which the kernel gives to one process.
    """
    may_write = os.access(SOCKETS, os.W_OK | os.X_OK, effective_ids=True)
    return may_write and not socket_folder_risk()


def is_served(number: int) -> bool:
    """Whether an X server listens, on the socket in the file system or on the abstract one."""
    path = str(_socket(number))
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX) as client:
            # Where somebody listens and takes nobody in, others wait for ever.
            client.setblocking(False)
            try:
                client.connect(address)
            except (FileNotFoundError, ConnectionRefusedError):
                continue
            except OSError:
                pass
            return True
    return False


def is_foreign(number: int) -> bool:
    """Whether something of another user's is in the way, which a server of ours cannot replace.

    That is its socket, or the file by which xkbcomp(1) gives it the keymap (root's lies elsewhere).
    """
    for path in (_socket(number), _keymap(number)):
        with contextlib.suppress(FileNotFoundError):
            if path.lstat().st_uid != os.getuid():
                return True
    return False


def _remove_if_dead(path: Path, number: int) -> None:
    """Raises OSError when somebody else deals with this lock, ValueError when it is none."""
    if path.lstat().st_uid != os.getuid():
        return
    descriptor = os.open(path, _AS_IT_IS)
    try:
        held = os.fstat(descriptor)
        if held.st_uid != os.getuid():
            return
        # Of two that find it dead, the second would delete the lock that a new server has got.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_dead = start_time(int(os.read(descriptor, 16))) is None and not is_served(number)
        if is_dead and os.path.samestat(held, path.lstat()):
            _socket(number).unlink(missing_ok=True)
            path.unlink()
    finally:
        os.close(descriptor)


def _lock(number: int) -> Path:
    return Path(f"/tmp/.X{number}-lock")


def _keymap(number: int) -> Path:
    return Path(f"/tmp/server-{number}.xkm")


def _socket(number: int) -> Path:
    return SOCKETS / f"X{number}"
