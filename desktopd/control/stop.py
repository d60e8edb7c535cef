"""``desktopd stop``: the end of a desktop, also of one whose daemon has died.

Tested by tests/deploy/test_background.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import signal
import sys
from pathlib import Path

from desktopd.config import Loaded
from desktopd.control.desktops import Desktop, desktops
from desktopd.session.errors import SessionError
from desktopd.session.folder import claim, require_own
from desktopd.session.leftovers import end_leftovers

STOP_WITHIN = 20.0

_KEYS = ("token", "links.json")
"""What opens the desktop, in its folder: a crashed daemon leaves it for the next one."""


def stop(loaded: Loaded) -> int:
    """End a desktop: the one of the settings, or the only one that there is.

    Returns the exit status. Raises SessionError when it does not end.
    """
    with desktops(loaded) as found:
        match found:
            case []:
                _forget_dead(loaded)
                print("desktopd is not running")
                return 0
            case [desktop]:
                return _end(desktop, loaded)
        print("several desktops: name one by --port or --runtime-dir", file=sys.stderr)
        for desktop in found:
            print(desktop, file=sys.stderr)
        return 1


def _end(desktop: Desktop, loaded: Loaded) -> int:
    if desktop.daemon is None:
        # Held until this process ends.
        claim(desktop.folder)
        asyncio.run(end_leftovers(desktop.folder))
        _forget(desktop.folder, loaded)
        print("desktopd had died; what it left is ended")
        return 0
    pid = desktop.daemon.pid
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(desktop.daemon.pidfd, signal.SIGTERM)
    if not select.select([desktop.daemon.pidfd], [], [], STOP_WITHIN)[0]:
        raise SessionError(
            f"desktopd (pid {pid}) has not ended after {STOP_WITHIN:.0f} s; "
            f"kill -KILL {pid}, then `desktopd stop` again ends what it leaves"
        )
    print(f"desktopd (pid {pid}) has ended")
    return 0


def _forget_dead(loaded: Loaded) -> None:
    """Forget what opens the desktop of the settings, of which nothing has outlived its daemon."""
    # There is none, one that is about to start, or one of which nothing can be removed.
    with contextlib.suppress(OSError, SessionError):
        require_own(loaded.runtime_dir)
        claim(loaded.runtime_dir)
        _forget(loaded.runtime_dir, loaded)


def _forget(folder: Path, loaded: Loaded) -> None:
    for name in _KEYS:
        if name != "token" or not loaded.settings.keep_token:
            (folder / name).unlink(missing_ok=True)
