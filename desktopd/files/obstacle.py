"""What keeps a folder from being read or written, and what its owner has to do about it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from desktopd.files.lasting import in_container


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What is wrong with a folder, and the remedy: words for its user."""

    error: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.error}; {self.remedy}"


def obstacle_at(folder: Path) -> Obstacle | None:
    """What keeps this user from writing below `folder`, which is there; None where nothing does."""
    user = os.geteuid()
    if not os.access(folder, os.R_OK | os.X_OK, effective_ids=True):
        error = f"User {user} cannot read {folder}"
    elif not os.access(folder, os.W_OK, effective_ids=True):
        error = f"User {user} cannot write to {folder}: nothing can be saved there"
    else:
        return None
    read_only = bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    told = remedy(folder, folder.stat(), user, contained=in_container(), read_only=read_only)
    return Obstacle(error, told)


def remedy(
    folder: Path, status: os.stat_result, user: int, *, contained: bool, read_only: bool
) -> str:
    """What helps `user`; `contained`: in a container. `read_only`: so is the disk of `folder`."""
    owner = status.st_uid
    if read_only and contained:
        return f"mount it without :ro, e.g. docker run -v FOLDER:{folder} …"
    if owner == user and not read_only:
        if not status.st_mode & stat.S_IWUSR:
            return f"allow it: chmod u+rwx {folder}"
        return f"its system forbids it; with SELinux, docker run -v FOLDER:{folder}:Z …"
    if not contained:
        return "set files_root to a folder that you can write to"
    if owner == 0:
        return f"on the host, for the folder behind it: sudo chown {user} FOLDER"
    return f"run the container as its owner: docker run --user {owner}:0 …"
