"""What a daemon leaves behind for the next one: which processes run, on which display."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field

from desktopd.kept_file import read_kept, write_kept

log = logging.getLogger(__name__)

ROOM = 8192
"""Bytes of the file: as the processes become more, it needs no other room on the disk."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Running:
    """One process: pid and start time name it, `command` tells whether it is still wanted."""

    pid: Annotated[int, Field(gt=0, lt=1 << 31, strict=True)]
    start_time: int
    command: tuple[str, ...]


class _Kept(BaseModel):
    boot: str
    display: Annotated[str, Field(pattern=r"^:\d+$")] | None
    backend: str | None
    running: dict[str, Running]
    starting: dict[str, str] = {}


class StateFile:
    """A JSON file, replaced whole at each change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._running: dict[str, Running] = {}
        self._starting: dict[str, str] = {}
        self._display: str | None = None
        self._backend: str | None = None
        self._load()

    def _load(self) -> None:
        try:
            kept = _Kept.model_validate(json.loads(read_kept(self._path)))
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError) as error:
            # What a crash cut short tells nothing: there is nothing to adopt.
            log.warning("%s cannot be read: %s", self._path, str(error).partition("\n")[0])
            return
        if kept.boot == _boot():
            self._display, self._backend = kept.display, kept.backend
            self._running, self._starting = kept.running, kept.starting

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

    @property
    def starts(self) -> dict[str, str]:
        """The marks (`marks`) of starts that nobody has noted a process of, by service."""
        return dict(self._starting)

    def starting(self, name: str, mark: str) -> None:
        """Note that service `name` is about to be started with this mark."""
        self._starting[name] = mark
        self._save()

    def started(self, name: str, process: Running) -> None:
        """Note the process of service `name`."""
        self._starting.pop(name, None)
        self._running[name] = process
        self._save()

    def ended(self, name: str) -> None:
        """Forget a process, and a start."""
        known = name in self._running or name in self._starting
        self._running.pop(name, None)
        self._starting.pop(name, None)
        if known:
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
                "starting": self._starting,
            }
            write_kept(self._path, json.dumps(data).encode().ljust(ROOM))
        except OSError as error:
            # The desktop goes on; only a daemon that dies now would not find its processes.
            log.warning("%s cannot be written: %s", self._path, error.strerror)


def _boot() -> str:
    return BOOT_ID.read_text().strip()
