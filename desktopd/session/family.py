"""The processes that one start has brought about, also those that have left its session (setsid).

A variable in their environment marks them, which every child inherits: proc_pid_environ(5).

Tested by tests/unit/session/test_family.py.
"""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from desktopd.session.process import start_time, stat_fields, told_of

MARK = "DESKTOP_FAMILY"
_STOP_WITHIN = 1.0
_GIVEN_UP_AFTER = 10.0
_EXEC_WITHIN = 1.0
"""Seconds within which an execve(2) is over, even where the program comes from a slow disk."""
_LONGEST = 2 * 1024 * 1024
"""Bytes that execve(2) takes as a rule; a process may show all of its memory (PR_SET_MM_MAP)."""
_KERNEL_THREAD = 0x00200000
"""PF_KTHREAD of the kernel's include/linux/sched.h."""


def marks_of(folder: Path) -> str:
    """With what the marks begin in the session with this runtime folder."""
    return f"{folder}:"


def marks_of_locked(folder: Path) -> str:
    """With what those begin of what runs behind the application's wall, and of nothing else."""
    return f"{marks_of(folder)}locked-"


def new_mark(folder: Path, *, locked: bool = False) -> str:
    """The value of `MARK` for one start in that session."""
    begin = marks_of_locked(folder) if locked else marks_of(folder)
    return f"{begin}{secrets.token_hex(8)}"


def mark_of(pid: int) -> str | None:
    """The mark of a process; None where it has none, or is gone, or another user's."""
    return dict(_marks([pid])).get(pid)


def bears(pid: int, mark: str) -> bool:
    """Whether a process has this mark, as far as can be told at once."""
    with contextlib.suppress(OSError, ValueError):
        return _mark_in(_environment(pid)) == mark
    return False


def _marks(pids: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Those of them that have one, with it.

    Waits while execve(2) has taken the old environment, and not set the new: for all of them
    together, as one may go on with that for ever.
    """
    unclear, until = [*pids], math.inf
    while unclear and time.monotonic() < until:
        looked_at, unclear = unclear, []
        for pid in looked_at:
            with contextlib.suppress(OSError, ValueError):
                if content := _environment(pid):
                    if mark := _mark_in(content):
                        yield pid, mark
                elif not _shows_none(pid):
                    unclear.append(pid)
        if unclear:
            until = min(until, time.monotonic() + _EXEC_WITHIN)
            time.sleep(0.001)


def _environment(pid: int) -> bytes:
    return told_of(pid, "environ", _LONGEST)


def _shows_none(pid: int) -> bool:
    """Whether a process has no environment, rather than an execve(2) under way; raises OSError."""
    before = _Memory.of(pid)
    return before.none or (before.complete and not _environment(pid) and before == _Memory.of(pid))


class _Memory(NamedTuple):
    """What tells one program of a process from the next: fields of proc_pid_stat(5)."""

    none: bool
    page_faults: int
    code_begin: int
    environment_begin: int
    environment_end: int

    @classmethod
    def of(cls, pid: int) -> _Memory:
        """Raises OSError where the process is gone."""
        fields = ["", "", "", *stat_fields(pid)]
        flags, *places = (int(fields[number]) for number in (9, 10, 26, 50, 51))
        return cls(bool(flags & _KERNEL_THREAD) or fields[3] in "ZX", *places)

    @property
    def complete(self) -> bool:
        """Whether no execve(2) is under way: it sets the environment's end, then the code's."""
        return self.code_begin > 0 and self.environment_end > 0


def _mark_in(environment: bytes) -> str:
    """The mark among these variables; nothing where there is none."""
    _, _, found = (b"\0" + environment).partition(f"\0{MARK}=".encode())
    return os.fsdecode(found.partition(b"\0")[0])


def family(mark: str) -> list[int]:
    """The living processes whose mark begins with `mark`, the oldest first."""
    started = []
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    for pid, its_own in _marks(pids):
        if its_own.startswith(mark) and (since := start_time(pid)) is not None:
            started.append((since, pid))
    return [pid for _, pid in sorted(started)]


def end_family(mark: str) -> None:
    """End them: SIGTERM, and SIGKILL after a second. Blocks, ten seconds at most.

    Some may make others faster than they are ended.
    """
    began = time.monotonic()
    _signal(family(mark), signal.SIGTERM)
    while (lasted := time.monotonic() - began) < _GIVEN_UP_AFTER and (left := family(mark)):
        if lasted > _STOP_WITHIN:
            _signal(left, signal.SIGKILL)
        time.sleep(0.02)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
