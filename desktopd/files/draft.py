"""A file that grows until it is whole.

Tested by tests/unit/files/test_uploads.py.
"""

from __future__ import annotations

import os

from desktopd.files.errors import TooLarge, explained
from desktopd.files.limits import UploadLimits

SYNC_EVERY = 64 * 1024 * 1024


class Draft:
    """A file in staging that grows at its end, open for writing. Every call blocks on the disk.

    `end`: how many bytes it will have, None where nobody knows yet.
    """

    def __init__(self, descriptor: int, limits: UploadLimits, end: int | None) -> None:
        self.descriptor = descriptor
        self.size = os.fstat(descriptor).st_size
        self._limits = limits
        self._end = end
        self._synced = self.size

    def write(self, data: bytes) -> None:
        """Append `data`; raises FilesError, and `size` tells how much of it is there then."""
        self._limits.check_size(self.size + len(data))
        if self._end is not None and self.size + len(data) > self._end:
            raise TooLarge(f"more than the {self._end} bytes announced", "upload it anew")
        with explained("the upload"):
            self._limits.check_space(self.descriptor, len(data))
            left = memoryview(data)
            while left:
                written = os.pwrite(self.descriptor, left, self.size)
                self.size += written
                left = left[written:]
            # So that at the end there is little to wait for.
            if self.size - self._synced >= SYNC_EVERY:
                self.sync()

    def cut(self, size: int) -> None:
        """Forget what is behind `size`."""
        with explained("the upload"):
            os.ftruncate(self.descriptor, size)
        self.size = size

    def sync(self) -> None:
        """Return once all of it is on the disk."""
        with explained("the upload"):
            os.fsync(self.descriptor)
        self._synced = self.size

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self.descriptor)
