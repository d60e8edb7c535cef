"""Options of a session for tests: those of the settings' defaults, but for what a test names."""

from pathlib import Path

from desktopd import config, options
from desktopd.session.options import SessionOptions


def session_options(folder: Path, *arguments: str) -> SessionOptions:
    """What `desktopd --runtime-dir FOLDER ARGUMENTS` asks of its session."""
    return options.session_options(config.load(["--runtime-dir", str(folder), *arguments]))
