"""What proc(5) tells of processes, without being held up for ever by one of them (`looks`).

Tested by tests/unit/session/test_process.py and test_looks.py.
"""

from __future__ import annotations

import os

from desktopd.session.looks import Looks

_TOLD_WITHIN = 5.0


def stat_fields(pid: int) -> list[str]:
    """What proc_pid_stat(5) tells of a process, from its state (3) on; raises OSError.

    Before that stands its name, which may be any bytes.
    """
    return told_of(pid, "stat").rpartition(b")")[2].decode("ascii").split()


def told_of(pid: int, name: str, most: int = -1) -> bytes:
    """A file of proc(5), `most` bytes of it where that is not negative; raises OSError.

    Not by `pathlib`, which interns every pid: the table of these grows with those that have gone.
    """
    with open(f"/proc/{pid}/{name}", "rb") as file:
        return file.read(most)


def start_time(pid: int) -> int | None:
    """Clock ticks from boot to the start of `pid` (proc_pid_stat(5), field 22), None when gone.

    With the pid it names a process uniquely until the next boot. A zombie counts as gone, and so
    does, after five seconds, one that a disk keeps in an execve(2): nothing can be told of it.
    Raises OSError where we lack what it takes to look.
    """
    return _starts.at([pid], _TOLD_WITHIN).get(pid)


def _start_time(pid: int) -> int:
    state, *fields = stat_fields(pid)
    if state in "ZX":
        raise ProcessLookupError
    return int(fields[18])


_starts = Looks(_start_time)


def is_stopped(pid: int) -> bool:
    """Whether a process has been stopped by a signal, such as SIGSTOP (proc_pid_status(5), T).

    That holds nobody up, unlike proc_pid_stat(5), while a disk keeps it in an execve(2).
    """
    try:
        return b"\nState:\tT" in told_of(pid, "status")
    except (FileNotFoundError, ProcessLookupError):
        return False


def has_ended(pid: int) -> bool:
    """Whether there is no such process any more, or it waits for its parent alone."""
    try:
        return b"\nState:\tZ" in told_of(pid, "status")
    except (FileNotFoundError, ProcessLookupError):
        return True


def session_of(pid: int) -> int | None:
    """The process that leads the session of `pid` (getsid(2)), None when it is gone.

    Of a number that no process can have too, as a window may name any.
    """
    try:
        return os.getsid(pid)
    except (ProcessLookupError, OverflowError):
        return None
