"""Folders of programs that have ended: out of the way at once, and deleted as far as time allows.

A program may have left millions of files, and one that goes on behind its wall makes new ones
faster than they are deleted. It does not come to what is made anew in the same place: its rules are
of the folder that is put away, and it has none for the one around it.

Tested by tests/unit/confinement/test_put_away.py.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import subprocess
import time
from pathlib import Path

WITHIN = 3.0
_REMOVE = ("rm", "-rf")
# What a program has closed to ourselves is opened for the second try.
_WAYS = (_REMOVE, ("chmod", "-R", "u+rwX"), _REMOVE)

log = logging.getLogger(__name__)


def put_away(folder: Path) -> None:
    """Have nothing in the place of `folder`; raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        folder.rename(folder.with_name(f"{folder.name}.{secrets.token_hex(8)}.gone"))


def delete_put_away(folder: Path, within: float = WITHIN) -> None:
    """Delete all that was put away of `folder`, within so many seconds; what is left stays there.

    It is deleted however deep and closed to ourselves it is.
    """
    deadline = time.monotonic() + within
    for way in _WAYS:
        if not (left := [*folder.parent.glob(f"{folder.name}.*.gone")]):
            return
        try:
            subprocess.run(
                (*way, "--", *left),
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=deadline - time.monotonic(),
            )
        except subprocess.TimeoutExpired:
            log.warning("lockdown: %s is not deleted yet; the next start goes on with it", left[0])
            return
