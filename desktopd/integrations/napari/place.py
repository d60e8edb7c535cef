"""Where the companion of one process lives, as the daemon's environment variables tell."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SOCKET = "DESKTOP_COMPANION_SOCKET"
FOLDER = "DESKTOP_COMPANION_FOLDER"
SESSION = "DESKTOP_COMPANION_SESSION"
RESTORE = "DESKTOP_COMPANION_RESTORE"
MOTION = "DESKTOP_COMPANION_MOTION"
FILES = "DESKTOP_COMPANION_FILES"
SAMPLES = "DESKTOP_COMPANION_SAMPLES"
HOSTS = "DESKTOP_COMPANION_HOSTS"
LOCKDOWN = "DESKTOP_COMPANION_LOCKDOWN"


@dataclass(frozen=True)
class Place:
    """`socket` is where the daemon asks; `folder` holds last words, for us alone.

    `session` is the folder of the saved session. `restore`: it is saved, and put back after an end
    that its user did not ask for. `motion`: how a scene is drawn that is too slow to move,
    ``smooth`` or ``exact``. `files`: where dialogs begin, None as napari has it. `samples`: a
    folder of samples, None for none. `hosts`: of the URLs that may be opened.
    `lockdown`: its user is to have no Python, no shell and no other folders and hosts.
    """

    socket: Path
    folder: Path
    session: Path
    restore: bool
    motion: str = "smooth"
    files: Path | None = None
    samples: Path | None = None
    hosts: tuple[str, ...] = ()
    lockdown: bool = False

    @classmethod
    def take(cls, hook: str) -> Place | None:
        """The place that the environment names; it and the folder `hook` are then forgotten.

        None where it names no place. What napari starts is to have no companion.
        """
        socket, folder = os.environ.pop(SOCKET, ""), os.environ.pop(FOLDER, "")
        session = os.environ.pop(SESSION, "") or str(Path(folder, "session"))
        restore = os.environ.pop(RESTORE, "1")
        motion = os.environ.pop(MOTION, "smooth")
        files, samples = (_folder(os.environ.pop(name, "")) for name in (FILES, SAMPLES))
        hosts = tuple(os.environ.pop(HOSTS, "").split())
        lockdown = os.environ.pop(LOCKDOWN, "0") == "1"
        entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        left = os.pathsep.join(entry for entry in entries if entry != hook)
        if left:
            os.environ["PYTHONPATH"] = left
        else:
            os.environ.pop("PYTHONPATH", None)
        if not socket or not folder:
            return None
        places = Path(socket), Path(folder), Path(session)
        return cls(*places, restore != "0", motion, files, samples, hosts, lockdown)

    def claim(self) -> IO[bytes] | None:
        """Take the place for as long as the returned file is open; None: another napari has it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (self.folder / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return None
        return lock

    def last_words(self) -> Path:
        """The file for the traceback with which this process ends."""
        return self.folder / f"end-{os.getpid()}.txt"


def _folder(name: str) -> Path | None:
    return Path(name) if name else None
