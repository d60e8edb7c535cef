"""What keeps a folder from being read or written, and what its owner has to do about it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from desktopd.files.lasting import ROOT, in_container


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What is wrong with a folder, and the remedy: words for its user."""

    error: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.error}; {self.remedy}"


def obstacle_at(folder: Path, root: Path = ROOT) -> Obstacle | None:
    """What keeps this user from writing below `folder`, which is there; None where nothing does.

    `root` tells whether this is a container.
    """
    if not os.access(folder, os.R_OK | os.X_OK):
        error = f"user {os.geteuid()} cannot read {folder}"
    elif not os.access(folder, os.W_OK):
        error = f"user {os.geteuid()} cannot write to {folder}: nothing can be saved there"
    else:
        return None
    return Obstacle(error, _remedy(folder, contained=in_container(root)))


def _remedy(folder: Path, *, contained: bool) -> str:
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        if contained:
            return f"mount it without :ro, e.g. docker run -v FOLDER:{folder} …"
        return "set files_root to a folder on a disk that can be written"
    status = folder.stat()
    owner = status.st_uid
    if owner == os.geteuid():
        if not status.st_mode & stat.S_IWUSR:
            return "allow it, e.g. chmod u+rwx"
        return f"its system forbids it; with SELinux, docker run -v FOLDER:{folder}:Z …"
    if not contained:
        return "set files_root to a folder of yours, or ask its owner"
    if owner == 0:
        return f"on the host: sudo chown {os.geteuid()} FOLDER"
    return f"run the container as its owner: docker run --user {owner}:0 …"
