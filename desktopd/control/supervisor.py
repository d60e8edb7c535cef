"""supervisord, under which a daemon may run: it starts us again unless it is ended too."""

from __future__ import annotations

import os
import signal

from desktopd import config


def end_supervisor() -> None:
    """End the supervisord that has started this very process, if there is one."""
    if config.supervised():
        # It passes that on, and we end with a status of our own.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.kill(os.getppid(), signal.SIGTERM)
