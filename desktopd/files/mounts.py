"""What is mounted, as proc_pid_mountinfo(5) tells it.

Tested by tests/unit/files/test_lasting.py and tests/unit/files/test_uploads.py.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePath

ROOT = Path("/")
MOUNTS = PurePath("proc/self/mountinfo")
_OCTAL = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount: where it is, which kind of file system, and which folder of that it shows.

    Its names are text, as it is read anew for each upload: `pathlib` interns every part of a path,
    and the table of these grows with those that have gone too.
    """

    point: str
    kind: str
    shown: str


def mounts(root: Path = ROOT) -> list[Mount]:
    """All of them, the latest last; raises OSError."""
    return [_parse(line) for line in (root / MOUNTS).read_bytes().splitlines()]


def is_below(path: str, folder: str) -> bool:
    """Whether an absolute path is `folder`, or lies below it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _parse(line: bytes) -> Mount:
    """Fields 4 and 5 of a line, and the first one behind the hyphen."""
    before, _, behind = line.partition(b" - ")
    shown, point = before.split(b" ")[3:5]
    return Mount(_text(point), _text(behind.split(b" ")[0]), _text(shown))


def _text(field: bytes) -> str:
    """Blanks and the like are written as an octal number, e.g. ``\\040``."""
    return os.fsdecode(_OCTAL.sub(lambda octal: bytes([int(octal[1], 8)]), field))
