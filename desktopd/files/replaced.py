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

_LIST = "system.posix_acl_access"


@dataclass(frozen=True, slots=True)
class Replaced:
    """A plain file of this user's as it was; `acl`: the list (acl(5)) of who else may what."""

    group: int
    mode: int
    acl: bytes | None

    @classmethod
    def at(cls, folder: int, path: FilePath) -> Replaced | None:
        """What `folder` has by the last name of `path`; None for what is no such file."""
        found = find(folder, path.name)
        if found is None:
            return None
        status = os.stat(found, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            return None
        return cls(status.st_gid, stat.S_IMODE(status.st_mode) & 0o777, _acl(folder, found))

    def hand_on(self, descriptor: int) -> None:
        """Give another file of this user's the same group, mode and list.

        Where one of these cannot be had, the group may do what all others may: beside a list, its
        bits tell of the list's mask.
        """
        try:
            os.fchown(descriptor, -1, self.group)
            os.fchmod(descriptor, self.mode)
            if self.acl is not None:
                os.setxattr(descriptor, _LIST, self.acl)
        except OSError:
            # Some disks have no modes.
            with suppress(OSError):
                os.fchmod(descriptor, self.mode & 0o707 | (self.mode & 0o007) << 3)


def _acl(folder: int, name: str) -> bytes | None:
    """The list in its form on the disk; None where the mode tells everything."""
    with suppress(OSError):
        return os.getxattr(f"/proc/self/fd/{folder}/{name}", _LIST, follow_symlinks=False)
    return None
