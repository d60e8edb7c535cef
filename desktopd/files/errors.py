"""What can be wrong with a file, each with a remedy, and what the system's errors mean for a user.

A new kind of error belongs here; which HTTP status it has does not.
Tested by tests/unit/files/test_changes.py.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager


class FilesError(Exception):
    """Something cannot be done with a file: `str()` says what is wrong, `remedy` what to do."""

    def __init__(self, error: str, remedy: str) -> None:
        super().__init__(error)
        self.remedy = remedy


class BadPath(FilesError):
    """The path or name can be none of a file."""


class Forbidden(FilesError):
    """The system, or a rule of this room, does not allow it."""


class Missing(FilesError):
    """There is no such file, folder or upload."""


class Conflict(FilesError):
    """What is there already stands in the way."""


class TooLarge(FilesError):
    """The file is larger than files may be."""


class NoSpace(FilesError):
    """The disk is full, or would be fuller than it may be."""


class WrongChecksum(FilesError):
    """What has arrived is not what was sent."""


class DiskError(FilesError):
    """The disk itself fails."""


@contextmanager
def explained(subject: object) -> Iterator[None]:
    """Raise an OSError again as the FilesError that it means for `subject`, a path."""
    try:
        yield
    except OSError as error:
        raise _explain(error, subject) from error


def _explain(error: OSError, subject: object) -> FilesError:
    name = f"{subject}" or "the top folder"
    match error.errno:
        case errno.ENOENT:
            return Missing(f"{name}: no such file or folder", "list the folder that holds it")
        case errno.EACCES | errno.EPERM:
            return Forbidden(
                f"{name}: the system does not permit that",
                "take a folder that belongs to the user of the desktop, or change its permissions",
            )
        case errno.EROFS:
            return Forbidden(f"{name}: the disk is read-only", "take a folder that can be written")
        case errno.ENOTDIR | errno.ELOOP:
            return Conflict(f"{name}: something on the way is no folder", "correct the path")
        case errno.EEXIST | errno.ENOTEMPTY:
            return Conflict(f"{name}: there is something of that name", "choose another name")
        case errno.EXDEV:
            return Conflict(f"{name}: on another disk", "copy it there, then delete it here")
        case errno.ENOSPC | errno.EDQUOT:
            return NoSpace(f"{name}: the disk is full", "delete something, then go on")
        case errno.EFBIG:
            return TooLarge(f"{name}: too large for this disk", "take another disk")
        case errno.EINVAL | errno.EILSEQ | errno.ENAMETOOLONG:
            return BadPath(f"{name}: the disk does not take this name", "choose another name")
    return DiskError(f"{name}: {error.strerror or error}", "look at the disk and into the log")
