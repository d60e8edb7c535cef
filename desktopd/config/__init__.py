"""Settings: command line over environment over file over default.

The only reader of ``os.environ``. Everything else gets values.
"""

from desktopd.config.command_line import Command
from desktopd.config.errors import ConfigError
from desktopd.config.listing import describe
from desktopd.config.load import Loaded, load
from desktopd.config.machine import supervised, watchdog
from desktopd.config.paths import is_folder, path_of
from desktopd.config.settings import Settings
from desktopd.config.validation import is_loopback

__all__ = [
    "Command",
    "ConfigError",
    "Loaded",
    "Settings",
    "describe",
    "is_folder",
    "is_loopback",
    "load",
    "path_of",
    "supervised",
    "watchdog",
]
