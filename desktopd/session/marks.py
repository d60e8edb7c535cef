"""Marks: what the environment of a process tells of the session that has started it.

A path says little there: in another mount namespace it leads to another folder.

Tested by tests/unit/session/test_marks.py.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from desktopd.session.identity import identity, known_identity
from desktopd.session.looks import Looks

MARK = "DESKTOP_FAMILY"

Chosen = Callable[[int, str], bool]
"""Whether the process with this pid, which has this mark, is meant."""

_TOKEN = "[0-9a-f]{16}"


def new_mark(folder: Path, *, locked: bool = False) -> str:
    """The value of `MARK` for one start in the session with this claimed runtime folder.

    `locked`: it runs behind the application's wall.
    """
    return f"{identity(folder)}:{_wall(locked)}:{secrets.token_hex(8)}"


def only(mark: str) -> Chosen:
    """This mark alone: that of one start."""
    return lambda _pid, other: other == mark


def marks_of(folder: Path, *, locked: bool = False) -> Chosen:
    """All marks of the session with this runtime folder.

    With `locked` those of what runs behind the wall.
    """
    walls = _wall(locked) if locked else f"({_wall(True)}|{_wall(False)})"
    own = known_identity(folder)
    marks = re.compile(f"{own}:{walls}:{_TOKEN}")
    # Sessions of 0.1.0 have marks that tell a path.
    before = re.compile(f"{re.escape(str(folder))}:{'locked-' if locked else '(locked-)?'}{_TOKEN}")

    def chosen(pid: int, mark: str) -> bool:
        if own is not None and marks.fullmatch(mark):
            return True
        return bool(before.fullmatch(mark)) and _sees(pid, folder)

    return chosen


def _wall(locked: bool) -> str:
    return "locked" if locked else "open"


def _sees(pid: int, folder: Path) -> bool:
    """Whether this path leads a process to the same folder as us."""
    try:
        own = folder.stat()
    except OSError:
        return False
    looks = Looks(lambda pid: Path(f"/proc/{pid}/root{folder.absolute()}").stat())
    seen = looks.at([pid]).get(pid)
    return seen is not None and os.path.samestat(own, seen)
