"""Ways to open a file that somebody else may have put in its place; for `open`, too.

A pipe is not waited for, nor a program that keeps others from a file (fcntl(2), F_SETLEASE): 45 s.

test_openers tests it, and test_logs what is kept from others.
"""

from __future__ import annotations

import os
from pathlib import Path


def at_once(path: str | Path, flags: int) -> int:
    """Without waiting; what is made is for this user alone."""
    return os.open(path, flags | os.O_NONBLOCK, 0o600)


def itself_at_once(path: str | Path, flags: int) -> int:
    """The same, and not what a link leads to."""
    return at_once(path, flags | os.O_NOFOLLOW)
