"""Marks: what the environment of a process tells of the session that has started it.

The name of its runtime folder, as in another mount namespace the path leads to another one; and the
path, as a folder that has been cleared, or mounted again, has another name.

Tested by tests/unit/session/test_marks.py.
"""

from __future__ import annotations

import functools
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from desktopd.session.identity import identity
from desktopd.session.looks import Looks

MARK = "DESKTOP_FAMILY"

Chosen = Callable[[int, str], bool]
"""Whether the process with this pid, which has this mark, is meant."""

_TOKEN = "[0-9a-f]{16}"


def new_mark(folder: Path, *, locked: bool = False) -> str:
    """The value of `MARK` for one start in the session with this runtime folder.

    `locked`: it runs behind the application's wall.
    """
    wall = "locked" if locked else "open"
    return f"{identity(folder) or ''}:{wall}:{secrets.token_hex(8)}:{folder}"


def only(mark: str) -> Chosen:
    """This mark alone: that of one start."""
    return lambda _pid, other: other == mark


def marks_of(folder: Path, *, locked: bool = False) -> Chosen:
    """All marks of the session with this runtime folder.

    With `locked` those of what runs behind the wall.
    """
    name, path = identity(folder), re.escape(str(folder))
    wall = "locked" if locked else "(locked|open)"
    named = re.compile(f"{name}:{wall}:.*", re.DOTALL)
    # Those of 0.1.0 tell the path alone.
    at_path = re.compile(
        f"[^:/]*:{wall}:{_TOKEN}:{path}|{path}:{'locked-' if locked else '(locked-)?'}{_TOKEN}"
    )

    def chosen(pid: int, mark: str) -> bool:
        if name is not None and named.fullmatch(mark):
            return True
        return bool(at_path.fullmatch(mark)) and _sees(pid, folder)

    return chosen


def _sees(pid: int, folder: Path) -> bool:
    """Whether this path leads a process to the same folder as us."""
    try:
        own = folder.stat()
        # An absolute link on the way would lead into our root, whose process it ever is.
        place = folder.resolve()
    except OSError:
        return False
    seen = _looks_at(place).at([pid]).get(pid)
    return seen is not None and os.path.samestat(own, seen)


@functools.cache
def _looks_at(place: Path) -> Looks[os.stat_result]:
    """One for all looks, which is held up once by each process and not by too many."""

    def look(pid: int) -> os.stat_result:
        try:
            return os.stat(f"/proc/{pid}/root{place}")  # noqa: PTH116
        except OSError as error:
            # Whatever is wrong there is that process's own: it sees nothing of ours.
            raise ProcessLookupError from error

    return Looks(look)
