"""How much may be uploaded: the largest file, and the room that is left on a disk.

Tested by tests/unit/files/test_uploads.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktopd.files.errors import NoSpace, TooLarge
from desktopd.files.listing import space

UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Bytes: `largest` is that of one file, 0 any; `free` stay free on every disk."""

    largest: int = 0
    free: int = 0

    def check_size(self, size: int) -> None:
        """Raise TooLarge for a file of so many bytes."""
        if self.largest and size > self.largest:
            raise TooLarge(
                f"larger than files may be here, which is {in_units(self.largest)}",
                "upload less, or let the upload_limit of desktopd be raised",
            )

    def check_space(self, descriptor: int, more: int) -> None:
        """Raise NoSpace where the disk of an open file or folder has no room for `more` bytes."""
        free = space(descriptor).free
        if free - more < self.free:
            raise NoSpace(
                f"the disk is full: {in_units(free)} are free, of which {in_units(self.free)} stay",
                "delete something, then go on",
            )


def in_units(size: int) -> str:
    """So many bytes as people say it, such as ``7.4 MB``; a kB are 1000."""
    unit = min(len(UNITS) - 1, (len(str(size)) - 1) // 3)
    return f"{size / 1000**unit:.1f}".removesuffix(".0") + f" {UNITS[unit]}"
