"""The processes that one start has brought about, also those that have left its session (setsid).

A variable in their environment marks them, which every child inherits: proc_pid_environ(5).

Tested by tests/unit/session/test_family.py.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import time
from pathlib import Path

from desktopd.session.process import start_time

MARK = "DESKTOP_FAMILY"
_STOP_WITHIN = 1.0


def marks_of(folder: Path) -> str:
    """With what the marks begin in the session with this runtime folder."""
    return f"{folder}:"


def new_mark(folder: Path) -> str:
    """The value of `MARK` for one start in that session."""
    return f"{marks_of(folder)}{secrets.token_hex(8)}"


def mark_of(pid: int) -> str | None:
    """The mark of a process; None where it has none, or is gone, or another user's."""
    prefix = f"{MARK}=".encode()
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    found = (one.removeprefix(prefix) for one in variables if one.startswith(prefix))
    return os.fsdecode(next(found, b"")) or None


def family(mark: str) -> list[int]:
    """The living processes whose mark begins with `mark`, the oldest first."""
    started = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (mark_of(int(entry.name)) or "").startswith(mark):
            since = start_time(int(entry.name))
            if since is not None:
                started.append((since, int(entry.name)))
    return [pid for _, pid in sorted(started)]


def end_family(mark: str) -> None:
    """End them: SIGTERM, and SIGKILL after a second. Blocks."""
    deadline = time.monotonic() + _STOP_WITHIN
    _signal(family(mark), signal.SIGTERM)
    while left := family(mark):
        if time.monotonic() > deadline:
            _signal(left, signal.SIGKILL)
        time.sleep(0.02)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
