"""What must not lie among the files that others than the owner may change, or read.

Tested by tests/unit/config/test_own_files.py.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from desktopd.config.errors import ConfigError
from desktopd.config.settings import Settings

PACKAGE = Path(__file__).parents[1]


def check_own_files(settings: Settings, runtime_dir: Path, environment: Mapping[str, str]) -> None:
    """Raise ConfigError where files_root holds what makes its user another one.

    `environment` is that of the application.
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
        for what, place in places.items():
            _require_outside(root, what, place, "lockdown", "runs programs")
    if settings.files_for_viewers and settings.files != "off":
        _require_outside(root, "runtime_dir", runtime_dir, "files_for_viewers", "has the token")


def _require_outside(
    root: Path, what: str, place: str | Path | None, setting: str, gain: str
) -> None:
    if place is not None and (path := Path(place).resolve()).is_relative_to(root):
        raise ConfigError(
            f"{setting} with files_root={root}: {what} ({path}) lies in it, and whoever has these "
            f"files {gain}; set files_root to a folder with data alone"
        )
