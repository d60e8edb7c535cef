"""Where a locked desktop's programs have their temporary files: others' lie elsewhere.

Tested by tests/unit/test_options.py.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from desktopd.confinement.real_paths import real_path

_JAVA = "JAVA_TOOL_OPTIONS"
"""Options for every Java machine, also one in another program (JVM Tool Interface)."""


def temporary_folder(given: Path, runtime_dir: Path, trusted: Sequence[Path], files: Path) -> Path:
    """A folder of its own; in `given`, TMPDIR, where that is its user's alone.

    What others have there they trust, as scripts and pickles. It is in `runtime_dir` where `given`
    holds that or what is `trusted`, or lies in `files`, whose user could put another in its place.
    """
    place = given.absolute()
    of_ours = any(_is_in(one, place) for one in (runtime_dir, *trusted))
    if of_ours or _is_in(place, files) or not _is_private(place):
        return runtime_dir / "tmp"
    return place / f"desktopd-{sha256(os.fsencode(runtime_dir)).hexdigest()[:16]}"


def temporary_environment(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that lead programs there; Java asks for no TMPDIR, its own options come last."""
    java = f'"-Djava.io.tmpdir={folder}" {environment.get(_JAVA, "")}'.rstrip()
    return {"TMPDIR": str(folder), _JAVA: java}


def _is_in(one: Path, other: Path) -> bool:
    return real_path(one).is_relative_to(real_path(other))


def _is_private(folder: Path) -> bool:
    """Whether nobody else may put anything there."""
    with suppress(OSError):
        status = folder.stat()
        return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return False
