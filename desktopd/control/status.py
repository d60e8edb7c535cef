"""``desktopd status``: which desktops run.

Tested by tests/deploy/test_background.py.
"""

from __future__ import annotations

from desktopd.config import Loaded
from desktopd.control.desktops import desktops

NOT_RUNNING = 3
"""Exit status as the Linux Standard Base has it for services."""
NOT_ANSWERING = 4


def status(loaded: Loaded) -> int:
    """Print which desktops run: the one of the settings, without an address all of this user.

    Returns the exit status.
    """
    with desktops(loaded) as found:
        for desktop in found:
            print(desktop)
        if not found:
            print("desktopd is not running")
        daemons = [d.daemon for d in found if d.daemon]
        if not daemons:
            return NOT_RUNNING
        return 0 if any(d.report for d in daemons) else NOT_ANSWERING
