"""Paths of settings: whatever the system says of one is an error that names its setting.

Tested by tests/unit/config/test_paths.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from desktopd.config.errors import ConfigError
from desktopd.config.settings import NAMES, Settings


@contextmanager
def path_of(setting: str, path: Path, remedy: str = "name another path") -> Iterator[None]:
    """Raise ConfigError for what the block says of the `path` of a setting.

    That is an OSError, or the ValueError of a path that none can be (a zero byte).
    """
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"{setting}={str(path)!r}: {reason}; {remedy}") from None


def check_paths(settings: Settings) -> None:
    """Raise ConfigError for a path that cannot be looked at; there may be nothing at its end."""
    for name in NAMES:
        path = getattr(settings, name)
        if isinstance(path, Path):
            with path_of(name, path), suppress(FileNotFoundError, NotADirectoryError):
                path.stat()


def is_folder(setting: str, path: Path) -> bool:
    """Whether there is a folder at the path of a setting; raises ConfigError."""
    with path_of(setting, path):
        return path.is_dir()
