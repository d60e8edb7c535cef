"""What a file keeps of the one whose place it takes: the group, and what each may do with it.

Tested by tests/unit/files/test_new_file.py.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass

from desktopd.files.paths import FilePath
from desktopd.files.root import find


@dataclass(frozen=True, slots=True)
class Replaced:
    """A plain file of this user's as it was; `has_list`: an ACL (acl(5)) says who else may what."""

    group: int
    mode: int
    has_list: bool

    @classmethod
    def at(cls, folder: int, path: FilePath) -> Replaced | None:
        """What `folder` has by the last name of `path`; None for what is no such file."""
        found = find(folder, path.name)
        if found is None:
            return None
        status = os.stat(found, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            return None
        return cls(status.st_gid, stat.S_IMODE(status.st_mode) & 0o777, _has_list(folder, found))

    def hand_on(self, descriptor: int) -> None:
        """Give another file of this user's the same group and mode.

        Where the group cannot be had, it may do what all others may. So it is behind an ACL, of
        whose mask the group's bits tell.
        """
        mode, is_apart = self.mode, self.has_list
        try:
            os.fchown(descriptor, -1, self.group)
        except OSError:
            is_apart = True
        if is_apart:
            mode = mode & 0o707 | (mode & 0o007) << 3
        # Some disks have no modes.
        with suppress(OSError):
            os.fchmod(descriptor, mode)


def _has_list(folder: int, name: str) -> bool:
    with suppress(OSError):
        place = f"/proc/self/fd/{folder}/{name}"
        return "system.posix_acl_access" in os.listxattr(place, follow_symlinks=False)
    return False
