"""The commands ``start``, ``status`` and ``stop``. Each returns its exit status."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktopd.config import Loaded
from desktopd.control.report import Report, RunningDaemon, find_daemon
from desktopd.session.errors import SessionError
from desktopd.session.folder import claim, make_private
from desktopd.session.leftovers import end_leftovers, leftovers
from desktopd.session.logs import open_log, tail, trim

START_WITHIN = 60.0
STOP_WITHIN = 20.0
NOT_RUNNING = 3
"""Exit status of ``status``, as the Linux Standard Base has it for services."""
NOT_ANSWERING = 4

_POLL = 0.05


def start(loaded: Loaded) -> int:
    """Run a daemon with these settings in the background, unless its folder has one.

    Returns once it answers, after having printed its address.
    """
    folder = loaded.runtime_dir
    make_private(folder)
    with _only_start(folder):
        with find_daemon(folder) as found:
            if found is not None:
                print(f"desktopd is already running (pid {found.pid})")
                return _show_address(found)
        return _launch(loaded)


def status(loaded: Loaded) -> int:
    """Tell which desktops run: the one of the settings, without an address all of this user."""
    with _desktops(loaded) as desktops:
        for desktop in desktops:
            print(desktop)
        if not desktops:
            print("desktopd is not running")
        daemons = [d.daemon for d in desktops if d.daemon]
        if not daemons:
            return NOT_RUNNING
        return 0 if any(d.report for d in daemons) else NOT_ANSWERING


def stop(loaded: Loaded) -> int:
    """End a desktop: the one of the settings, or the only one that there is."""
    with _desktops(loaded) as desktops:
        match desktops:
            case []:
                print("desktopd is not running")
                return 0
            case [desktop]:
                return _end(desktop)
        print("several desktops: name one by --port or --runtime-dir", file=sys.stderr)
        for desktop in desktops:
            print(desktop, file=sys.stderr)
        return 1


@dataclass(frozen=True, slots=True)
class Desktop:
    """A runtime folder with something alive: a daemon, or what a dead one has left."""

    folder: Path
    daemon: RunningDaemon | None

    def __str__(self) -> str:
        return "\n         ".join((*self._lines(), f"folder {self.folder}"))

    def _lines(self) -> tuple[str, ...]:
        if self.daemon is None:
            return (
                "crashed  the daemon has died and its desktop lives:",
                "`desktopd start` goes on with it, `desktopd stop` ends it",
            )
        pid = f"pid {self.daemon.pid}"
        if self.daemon.report is None:
            return (f"hung     {pid} does not answer",)
        return (f"running  {self.daemon.report.address}", f"{_details(self.daemon.report)}, {pid}")


def _details(report: Report) -> str:
    viewers = Counter(report.viewers)
    roles = " and ".join(f"{count} to {role}" for role, count in sorted(viewers.items()))
    count = len(report.viewers)
    texts = [f"stage {report.stage}", f"{count} viewer{'s' * (count != 1)}"]
    texts[1] += f" ({roles})" if roles else ""
    return ", ".join(texts + ([f"VNC {report.vnc}"] if report.vnc else []))


@contextlib.contextmanager
def _desktops(loaded: Loaded) -> Iterator[list[Desktop]]:
    """The desktops that the settings mean, of those that live."""
    settings, own = loaded.settings, loaded.runtime_dir
    port = settings.port if loaded.origins["port"] != "default" else 0
    with contextlib.ExitStack() as stack:
        if settings.runtime_dir or settings.unix_socket or loaded.hub:
            yield [*_alive([own], stack)]
            return
        found = [*_alive(_folders(loaded.runtime_bases), stack)]
        yield [d for d in found if not port or d.folder == own or _port(d) == port]


def _alive(folders: list[Path], stack: contextlib.ExitStack) -> Iterator[Desktop]:
    for folder in folders:
        found = stack.enter_context(find_daemon(folder))
        if found is not None or leftovers(folder):
            yield Desktop(folder, found)


def _folders(bases: tuple[Path, ...]) -> list[Path]:
    """What is in folders that nobody else could have filled."""
    folders = []
    for base in bases:
        if base.is_dir() and not base.is_symlink() and base.stat().st_uid == os.getuid():
            folders += sorted(path for path in base.iterdir() if path.is_dir())
    return folders


def _port(desktop: Desktop) -> int | None:
    report = desktop.daemon and desktop.daemon.report
    return report.port if report else None


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
    log = loaded.runtime_dir / "daemon.log"
    trim(log)
    since = log.stat().st_size if log.exists() else 0
    child = _spawn(loaded, log)
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        with find_daemon(loaded.runtime_dir) as found:
            if found is not None and found.report is not None:
                return _show_address(found)
        if child.poll() is not None:
            print(tail(log, since, lines=10), file=sys.stderr)
            print(f"desktopd did not start; its log is {log}", file=sys.stderr)
            return child.returncode if child.returncode > 0 else 1
        time.sleep(_POLL)
    child.terminate()
    raise SessionError(f"desktopd does not answer after {START_WITHIN:.0f} s; its log is {log}")


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


def _end(desktop: Desktop) -> int:
    if desktop.daemon is None:
        # Held until this process ends.
        claim(desktop.folder)
        asyncio.run(end_leftovers(desktop.folder))
        print("desktopd had died; what it left is ended")
        return 0
    pid = desktop.daemon.pid
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(desktop.daemon.pidfd, signal.SIGTERM)
    if not select.select([desktop.daemon.pidfd], [], [], STOP_WITHIN)[0]:
        raise SessionError(
            f"desktopd (pid {pid}) has not ended after {STOP_WITHIN:.0f} s; "
            f"kill -KILL {pid}, then `desktopd stop` again ends what it leaves"
        )
    print(f"desktopd (pid {pid}) has ended")
    return 0
