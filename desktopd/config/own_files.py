"""What must not lie among the files that others than the owner may change, or read.

Tested by tests/unit/config/test_own_files.py.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from desktopd.config.errors import ConfigError
from desktopd.config.settings import Settings
from desktopd.config.sources import DEFAULT_FILE

PACKAGE = Path(__file__).parents[1]
PATHS = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")
"""Variables with folders where programs and their code are looked for."""


def check_own_files(
    settings: Settings,
    runtime_dir: Path,
    environment: Mapping[str, str],
    secret_files: Sequence[Path] = (),
) -> None:
    """Raise ConfigError where files_root holds what makes its user another one.

    `environment` is that of the application; `secret_files` are as in `load.Loaded`.
    """
    if settings.files_root is None:
        return
    root = settings.files_root.resolve()
    if settings.lockdown:
        places: dict[str, str | Path | None] = {
            "HOME": environment["HOME"],
            "session_dir": settings.session_dir,
            "runtime_dir": runtime_dir,
            "desktopd's code": PACKAGE,
            "its Python": sys.prefix,
        }
        for what, place in (*places.items(), *_code(environment)):
            _require_outside(root, what, place, "lockdown", "runs programs")
        for file in secret_files:
            _require_outside(root, "a file of settings", file, "lockdown", "has it, and changes it")
    if settings.files_for_viewers and settings.files != "off":
        setting = "files_for_viewers"
        _require_outside(root, "runtime_dir", runtime_dir, setting, "has the token")
        _require_outside(root, "session_dir", settings.session_dir, setting, "has all sessions")
        for file in secret_files:
            # Whoever only reads makes no file where there is none.
            if file != DEFAULT_FILE or file.exists():
                _require_outside(root, "a file of settings or secrets", file, setting, "has it")


def _code(environment: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    """Where code is looked for: by this process, of which a module may be had at any time too."""
    yield from (("a folder of sys.path", Path(entry)) for entry in sys.path)
    for name in PATHS:
        entries = environment.get(name, "").split(os.pathsep)
        yield from ((f"a folder of {name}", Path(entry)) for entry in entries if entry)


def _require_outside(
    root: Path, what: str, place: str | Path | None, setting: str, gain: str
) -> None:
    if place is not None and (path := Path(place).resolve()).is_relative_to(root):
        raise ConfigError(
            f"{setting} with files_root={root}: {what} ({path}) lies in it, and whoever has these "
            f"files {gain}; set files_root to a folder with data alone"
        )
