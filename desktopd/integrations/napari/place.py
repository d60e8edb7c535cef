"""Where the companion of one process lives, as the daemon's environment variables tell."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SOCKET = "DESKTOP_COMPANION_SOCKET"
FOLDER = "DESKTOP_COMPANION_FOLDER"
RESTORE = "DESKTOP_COMPANION_RESTORE"
MOTION = "DESKTOP_COMPANION_MOTION"


@dataclass(frozen=True)
class Place:
    """`socket` is where the daemon asks; `folder` holds sessions and last words, for us alone.

    `restore`: the session is saved, and put back after an end that its user did not ask for.
    `motion`: how a scene is drawn that is too slow to move, ``smooth`` or ``exact``.
    """

    socket: Path
    folder: Path
    restore: bool
    motion: str = "smooth"

    @classmethod
    def take(cls, hook: str) -> Place | None:
        """The place that the environment names; it and the folder `hook` are then forgotten.

        None where it names no place. What napari starts is to have no companion.
        """
        socket, folder = os.environ.pop(SOCKET, ""), os.environ.pop(FOLDER, "")
        restore = os.environ.pop(RESTORE, "1")
        motion = os.environ.pop(MOTION, "smooth")
        entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        left = os.pathsep.join(entry for entry in entries if entry != hook)
        if left:
            os.environ["PYTHONPATH"] = left
        else:
            os.environ.pop("PYTHONPATH", None)
        if not socket or not folder:
            return None
        return cls(Path(socket), Path(folder), restore != "0", motion)

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
