"""The command of the application: which program it is, and what is given to it for a companion."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOCKED, FRESH = "locked", "settings"
HOOK = Path(__file__).parents[1] / "integrations" / "napari" / "hook"


@dataclass(frozen=True, slots=True)
class CompanionPlace:
    """Where the companion of one session lives, below its runtime folder.

    `kept` is the folder of its saved session where that is to outlive the machine. `locked`: its
    user is to have no programs, and what it writes is read by none whose user has; of what could
    keep another from its start, as its lock, nothing is there at the next one.
    """

    folder: Path
    kept: Path | None = None
    locked: bool = False

    @property
    def socket(self) -> Path:
        """The unix socket where it listens; no path of ours is longer."""
        return self.present / "sock"

    @property
    def present(self) -> Path:
        """The folder of what one process of it has: socket, lock and last words."""
        return self.folder / (FRESH if self.locked else "companion")

    @property
    def sessions(self) -> Path:
        """The folder of saved sessions, unless `kept` is."""
        return self.folder / (LOCKED if self.locked else "companion")

    @property
    def session(self) -> Path:
        """The folder of the saved session; where another process has it, one beside it is."""
        return self.kept or self.sessions / "session"

    def last_words(self, pid: int) -> Path:
        """The file where a process has left the traceback that it ended with."""
        return self.present / f"end-{pid}.txt"


def is_napari(command: str) -> bool:
    """Whether `command` starts napari, also through another program such as ``conda run``."""
    return any(Path(word).name == "napari" for word in shlex.split(command))


def companion_environment(
    place: CompanionPlace,
    environment: Mapping[str, str],
    *,
    restore: bool,
    motion: str,
    files: Path | None = None,
    samples: Path | None = None,
    hosts: Sequence[str] = (),
) -> dict[str, str]:
    """Variables with which napari starts our companion; `environment` is what it has else.

    The names are those of `desktopd.integrations.napari.place`. The entry in PYTHONPATH reaches
    napari whatever starts it and in whichever Python it runs, and changes none of its arguments.
    """
    path = [str(HOOK), environment.get("PYTHONPATH", "")]
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        "DESKTOP_COMPANION_SOCKET": str(place.socket),
        "DESKTOP_COMPANION_FOLDER": str(place.present),
        "DESKTOP_COMPANION_SESSION": str(place.session),
        "DESKTOP_COMPANION_RESTORE": "1" if restore else "0",
        "DESKTOP_COMPANION_MOTION": motion,
        "DESKTOP_COMPANION_FILES": str(files or ""),
        "DESKTOP_COMPANION_SAMPLES": str(samples or ""),
        "DESKTOP_COMPANION_HOSTS": " ".join(hosts),
        "DESKTOP_COMPANION_LOCKDOWN": "1" if place.locked else "0",
    }
