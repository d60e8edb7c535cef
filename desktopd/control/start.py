"""``desktopd start``: a daemon in the background.

Tested by tests/deploy/test_background.py.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from desktopd.config import Loaded
from desktopd.control.report import RunningDaemon, find_daemon
from desktopd.session.errors import SessionError
from desktopd.session.folder import make_private
from desktopd.session.logs import DAEMON_LOG, open_log, tail, trim

START_WITHIN = 60.0

_POLL = 0.05


def start(loaded: Loaded) -> int:
    """Run a daemon with these settings in the background, unless its folder has one.

    Prints its address once it answers; returns the exit status. Raises SessionError.
    """
    folder = loaded.runtime_dir
    make_private(folder)
    with _only_start(folder):
        with find_daemon(folder) as found:
            if found is not None:
                print(f"desktopd is already running (pid {found.pid})")
                return _show_address(found)
        return _launch(loaded)


@contextlib.contextmanager
def _only_start(folder: Path) -> Iterator[None]:
    """Let one start after the other look whether there is a daemon, and start one."""
    lock = os.open(folder / "start.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _launch(loaded: Loaded) -> int:
    log = loaded.runtime_dir / DAEMON_LOG
    trim(log)
    since = log.stat().st_size if log.exists() else 0
    child = _spawn(loaded, log)
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        with find_daemon(loaded.runtime_dir) as found:
            if found is not None and found.report is not None:
                print(f"desktopd runs in the background (pid {found.pid})")
                return _show_address(found)
        if child.poll() is not None:
            print(tail(log, since, lines=10) or _obstacle(log.parent), file=sys.stderr)
            print(f"desktopd did not start; its log is {log}", file=sys.stderr)
            return child.returncode if child.returncode > 0 else 1
        time.sleep(_POLL)
    child.terminate()
    raise SessionError(f"desktopd does not answer after {START_WITHIN:.0f} s; its log is {log}")


def _obstacle(folder: Path) -> str:
    """Why a log there may be empty: on a full disk the daemon cannot say what is wrong."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(4096))
    except OSError as error:
        return f"{folder}: {error.strerror}; make room there, or set another runtime_dir"
    return ""


def _spawn(loaded: Loaded, log: Path) -> subprocess.Popen[bytes]:
    """Start a daemon that has no terminal to lose."""
    output = open_log(log)
    try:
        return subprocess.Popen(
            # -P: a module of this name in the current folder is not meant.
            [
                *(sys.executable, "-P", "-m", "desktopd", "run", *loaded.options),
                f"--runtime-dir={loaded.runtime_dir}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    finally:
        os.close(output)


def _show_address(found: RunningDaemon) -> int:
    if found.report is None:
        print(f"it does not answer: kill -KILL {found.pid}, and start again", file=sys.stderr)
        return 1
    print(f"\n    {found.report.address}\n")
    if found.report.vnc:
        print(f"    VNC viewers: {found.report.vnc}\n")
    return 0
