"""How often a session was put back by processes that may have ended by that.

Tested by tests/unit/integrations/napari/session/test_folder.py.
"""

from __future__ import annotations

import contextlib
import logging
import stat
from pathlib import Path

TRIES = 2

log = logging.getLogger(__name__)


class Tries:
    """A file of as many bytes as there were tries, in the folder of the session."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "restoring"

    def are_too_many(self) -> bool:
        """Whether it is not to be tried again; raises OSError where nobody can tell."""
        try:
            status = self._file.lstat()
        except FileNotFoundError:
            return False
        return status.st_size >= TRIES or not stat.S_ISREG(status.st_mode)

    def note(self) -> None:
        """Note one more."""
        try:
            with self._file.open("ab") as file:
                file.write(b".")
        except OSError as error:
            # A full disk takes no more of it, and gives the session back all the same.
            log.warning("desktopd: nobody counts how often the session is put back: %s", error)

    def forget(self) -> None:
        """Have it tried anew."""
        with contextlib.suppress(OSError):
            self._file.unlink()
