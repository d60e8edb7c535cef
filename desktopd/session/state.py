"""What a daemon leaves behind for the next one: which processes run, on which display."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from desktopd.kept_file import write_kept

log = logging.getLogger(__name__)

ROOM = 8192
"""Bytes of the file: as the processes become more, it needs no other room on the disk."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Running:
    """One process: pid and start time name it, `command` tells whether it is still wanted."""

    pid: int
    start_time: int
    command: tuple[str, ...]


class StateFile:
    """A JSON file, replaced whole at each change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._running: dict[str, Running] = {}
        self._display: str | None = None
        self._backend: str | None = None
        self._load()

    def _load(self) -> None:
        try:
            data = json.loads(self._path.read_text("utf-8"))
            if data["boot"] != _boot():
                return
            self._display, self._backend = data["display"], data["backend"]
            self._running = {
                name: Running(entry["pid"], entry["start_time"], tuple(entry["command"]))
                for name, entry in data["running"].items()
            }
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            # A file that a crash cut short tells nothing: there is nothing to adopt.
            self._running, self._display, self._backend = {}, None, None

    @property
    def display(self) -> str | None:
        """Name of the display, such as ``:7``."""
        return self._display

    @property
    def backend(self) -> str | None:
        """Kind of its X server, such as ``xdummy``."""
        return self._backend

    def display_started(self, name: str, backend: str) -> None:
        """Note the display that the X server, which is to be noted next, has taken."""
        self._display, self._backend = name, backend

    @property
    def processes(self) -> dict[str, Running]:
        """The processes by the names of their services, in the order of their start."""
        return dict(self._running)

    def started(self, name: str, process: Running) -> None:
        """Note the process of service `name`."""
        self._running[name] = process
        self._save()

    def ended(self, name: str) -> None:
        """Forget a process."""
        if self._running.pop(name, None) is not None:
            self._save()

    def remove(self) -> None:
        """Delete the file: nothing is left to adopt."""
        self._path.unlink(missing_ok=True)

    def _save(self) -> None:
        try:
            data = {
                "boot": _boot(),
                "display": self._display,
                "backend": self._backend,
                "running": {name: asdict(entry) for name, entry in self._running.items()},
            }
            write_kept(self._path, json.dumps(data).encode().ljust(ROOM))
        except OSError as error:
            # The desktop goes on; only a daemon that dies now would not find its processes.
            log.warning("%s cannot be written: %s", self._path, error.strerror)


def _boot() -> str:
    return BOOT_ID.read_text().strip()
