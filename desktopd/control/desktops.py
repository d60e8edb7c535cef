"""The desktops of this user: which live, and how each is shown to him.

Tested by tests/deploy/test_background.py.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktopd.config import Loaded
from desktopd.control.report import Report, RunningDaemon, find_daemon
from desktopd.session.errors import SessionError
from desktopd.session.leftovers import is_left


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
def desktops(loaded: Loaded) -> Iterator[list[Desktop]]:
    """The desktops that the settings mean, of those that live."""
    settings, own = loaded.settings, loaded.runtime_dir
    port = settings.port if loaded.origins["port"] != "default" else 0
    with contextlib.ExitStack() as stack:
        if settings.runtime_dir or settings.unix_socket or loaded.hub:
            yield [*_alive(own, stack)]
            return
        yield [
            d
            for d in _within_reach(_folders(loaded.runtime_bases), stack)
            if not port or d.folder == own or _port(d) == port
        ]


def _within_reach(folders: list[Path], stack: contextlib.ExitStack) -> list[Desktop]:
    """The desktops there; a folder that tells of none, as one of root's, hides no other.

    Raises its SessionError where there is no other.
    """
    found: list[Desktop] = []
    errors: list[SessionError] = []
    for folder in folders:
        try:
            found += [*_alive(folder, stack)]
        except SessionError as error:
            errors.append(error)
    if errors and not found:
        raise errors[0]
    for one in errors:
        print(f"desktopd: {one}", file=sys.stderr)
    return found


def _alive(folder: Path, stack: contextlib.ExitStack) -> Iterator[Desktop]:
    found = stack.enter_context(find_daemon(folder))
    if found is not None or is_left(folder):
        yield Desktop(folder, found)


def _folders(bases: tuple[Path, ...]) -> list[Path]:
    """What is in folders that nobody else could have filled."""
    folders = []
    for base in bases:
        if base.is_dir() and not base.is_symlink() and base.stat().st_uid == os.getuid():
            folders += sorted(p for p in base.iterdir() if p.is_dir() and not p.is_symlink())
    return folders


def _port(desktop: Desktop) -> int | None:
    report = desktop.daemon and desktop.daemon.report
    return report.port if report else None
