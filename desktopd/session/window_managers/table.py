"""The table of window managers: a new one is a file beside this, and a line here."""

from __future__ import annotations

import shlex

from desktopd.session.program import Program
from desktopd.session.window_managers.openbox import OPENBOX
from desktopd.session.window_managers.window_manager import WindowManager
from desktopd.session.window_managers.xfce import XFCE

WINDOW_MANAGERS = {one.name: one for one in (OPENBOX, XFCE)}


def window_manager(command: str) -> WindowManager:
    """The one of that name, with files of ours, or any other command as it stands."""
    argv = tuple(shlex.split(command))
    named = WINDOW_MANAGERS.get(argv[0]) if len(argv) == 1 else None
    return named or WindowManager(
        argv[0],
        (Program((argv[0],), argv[0], version=("--version",)),),
        configure=lambda _: argv,
    )
