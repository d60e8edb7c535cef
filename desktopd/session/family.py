"""The processes that one start has brought about, also those that have left its session (setsid).

A variable in their environment marks them, which every child inherits: proc_pid_environ(5).

Tested by tests/unit/session/test_family.py.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import time
from collections.abc import Iterable
from typing import NamedTuple

from desktopd.session.looks import Looks
from desktopd.session.marks import MARK, Chosen
from desktopd.session.procfs import has_ended, stat_fields, told_of
from desktopd.session.shm import remove_segments_of

_STOP_WITHIN = 1.0
_DIES_WITHIN = 1.0
"""Seconds after SIGKILL within which what can die has: a disk that is away keeps the rest."""
_GIVEN_UP_AFTER = 10.0
_EXEC_WITHIN = 1.0
"""Seconds within which an execve(2) is over, even where the program comes from a slow disk."""
_AT_ONCE = 0.1
_LONGEST = 2 * 1024 * 1024
"""Bytes that execve(2) takes as a rule; a process may show all of its memory (PR_SET_MM_MAP)."""
_KERNEL_THREAD = 0x00200000
"""PF_KTHREAD of the kernel's include/linux/sched.h."""


def mark_of(pid: int) -> str | None:
    """The mark of a process; None where it has none, or is gone, or another user's."""
    marked = _marked([pid])
    return marked[pid].mark if pid in marked else None


def bears(pid: int, mark: str) -> bool:
    """Whether a process has this mark, as far as can be told at once."""
    seen = _looks.at([pid], _AT_ONCE).get(pid)
    return seen is not None and seen.mark == mark


def family(marks: Chosen) -> list[int]:
    """The living processes that have one of these marks, the oldest first."""
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    marked = _marked(pids)
    return sorted(
        (pid for pid, seen in marked.items() if marks(pid, seen.mark)),
        key=lambda pid: (marked[pid].start_time, pid),
    )


class _Seen(NamedTuple):
    start_time: int
    mark: str
    """Nothing where it has none."""
    clear: bool
    """Whether that is the last word: execve(2) takes the old environment, and then sets the new."""


def _marked(pids: Iterable[int]) -> dict[int, _Seen]:
    """Those of them that have a mark.

    Waits for what is not clear: for all of them together, as one may go on like that for ever.
    """
    marked: dict[int, _Seen] = {}
    until = math.inf
    while pids and time.monotonic() < until:
        seen = _looks.at(pids)
        marked |= {pid: one for pid, one in seen.items() if one.mark}
        pids = [pid for pid, one in seen.items() if not one.clear]
        if pids:
            until = min(until, time.monotonic() + _EXEC_WITHIN)
            time.sleep(0.001)
    return marked


class _Memory(NamedTuple):
    """What tells one program of a process from the next: fields of proc_pid_stat(5)."""

    start_time: int
    page_faults: int
    code_begin: int
    environment_begin: int
    environment_end: int

    @classmethod
    def of(cls, pid: int) -> _Memory:
        """Raises OSError where it is gone, or has none: zombies, and threads of the kernel."""
        fields = ["", "", "", *stat_fields(pid)]
        flags, *told = (int(fields[number]) for number in (9, 22, 10, 26, 50, 51))
        if flags & _KERNEL_THREAD or fields[3] in "ZX":
            raise ProcessLookupError
        return cls(*told)

    @property
    def complete(self) -> bool:
        """Whether no execve(2) is under way: it sets the environment's end, then the code's."""
        return self.code_begin > 0 and self.environment_end > 0


def _look(pid: int) -> _Seen:
    """Of one that cannot be seen now, as for want of a descriptor, nothing is."""
    try:
        return _seen(pid)
    except (OSError, ValueError) as error:
        raise ProcessLookupError from error


def _seen(pid: int) -> _Seen:
    before = _Memory.of(pid)
    if content := told_of(pid, "environ", _LONGEST):
        return _Seen(before.start_time, _mark_in(content), clear=True)
    clear = before.complete and before == _Memory.of(pid)
    return _Seen(before.start_time, "", clear)


_looks = Looks(_look)


def _mark_in(environment: bytes) -> str:
    """The mark among these variables; nothing where there is none."""
    _, _, found = (b"\0" + environment).partition(f"\0{MARK}=".encode())
    return os.fsdecode(found.partition(b"\0")[0])


def end_family(marks: Chosen) -> None:
    """End them, and what shared memory they have made: SIGTERM, and SIGKILL after a second.

    Blocks, ten seconds at most: some may make others faster than they are ended. What a disk that
    is away keeps is left a second after the last of them was killed.
    """
    began = time.monotonic()
    if not (left := family(marks)):
        return
    ended, killed = {*left}, dict[int, float]()
    _signal(left, signal.SIGTERM)
    while (lasted := time.monotonic() - began) < _GIVEN_UP_AFTER and (left := family(marks)):
        ended.update(left)
        if lasted > _STOP_WITHIN:
            killed = dict.fromkeys(left, lasted) | killed
            if lasted - max(killed.values()) > _DIES_WITHIN:
                break
            _signal(left, signal.SIGKILL)
        time.sleep(0.02)
    remove_segments_of(*filter(has_ended, ended))


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
