"""Refuses what a file, a sample or a plugin may have Python do: programs, pickles, data elsewhere.

Python tells its audit hooks (PEP 578) before it acts, whichever module asks, and a hook stays. What
libraries do without Python is none of its. Tested by tests/unit/integrations/napari/test_audit.py.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from desktopd.confinement.own_home import FOLDERS
from desktopd.integrations.napari.lockdown.inside import Inside
from desktopd.integrations.napari.lockdown.network import Network

PROGRAMS = frozenset(
    {
        "subprocess.Popen",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.system",
        "pty.spawn",
    }
)
LOOKING_UP = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
REACHING = ("socket.connect", "socket.sendto", "socket.sendmsg")
KEEPERS = ("numba.", "magicgui.")
"""Who keeps what it has compiled, or the values of widgets, in pickles of its own."""
SYSTEM = (
    *("/bin", "/dev", "/etc", "/lib", "/lib64", "/opt", "/proc", "/run", "/sbin", "/sys", "/usr"),
    *("/var/cache", "/var/lib"),
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Audit:
    """The hook: data lies `inside` alone; `own` are folders of the program besides its code's."""

    def __init__(self, inside: Inside, own: Iterable[Path] = ()) -> None:
        self._inside = inside
        code = (sys.prefix, sys.base_prefix, *filter(None, sys.path))
        home = Path.home().resolve()
        kept = (Path(os.environ[name]) for name in FOLDERS if name in os.environ)
        self._kept = Inside((*kept, Path(tempfile.gettempdir()), *own))
        self._code = Inside(Path(place) for place in code)
        # What lies at home is read alone, as other names with a dot are.
        at_home = (home / name for name in FOLDERS.values())
        self._program = Inside((*map(Path, SYSTEM), *self._code.folders, *at_home))
        self._hidden = f"{home}{os.sep}."
        network = Network(inside)
        network.note_addresses()
        self._checks: dict[str, Callable[..., None]] = {
            **dict.fromkeys(PROGRAMS, _no_program),
            "pickle.find_class": _no_pickle,
            "open": self._file,
            **dict.fromkeys(LOOKING_UP, network.check_name),
            **dict.fromkeys(REACHING, network.check_address),
        }

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Raise PermissionError for what is not to be."""
        if (check := self._checks.get(event)) is not None:
            check(*arguments)

    def _file(self, path: Any, _: Any, flags: int) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        name = os.fsdecode(path)
        # A single name is of a folder that is open, or of ours, where nobody puts anything.
        if os.sep not in name or name in self._inside or name == os.devnull:
            return
        if not (self._may_write(name) if flags & WRITING else self._may_read(name)):
            raise PermissionError(f"{name} is outside of {self._inside.folders[0]}")

    def _may_write(self, name: str) -> bool:
        return name in self._kept and name not in self._code

    def _may_read(self, name: str) -> bool:
        hidden = os.path.realpath(name).startswith(self._hidden)
        return hidden or name in self._program or name in self._kept


def _no_program(*_: Any) -> None:
    raise PermissionError("programs are off on this desktop (lockdown)")


def _no_pickle(*_: Any) -> None:
    if sys._getframe(2).f_globals.get("__name__", "").startswith(KEEPERS):
        return
    raise PermissionError("pickles are off on this desktop (lockdown): they run programs")
