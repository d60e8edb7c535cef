"""The window manager as a service; which one it is, and its files, is for `window_managers`.

Tested by tests/unit/session/services/test_table.py and tests/x11/test_session.py.
"""

from __future__ import annotations

from collections.abc import Callable

from desktopd.session.options import SessionOptions
from desktopd.session.probes.window_manager import WindowManagerProbe
from desktopd.session.service import Locked, Restart, Service
from desktopd.session.status import Stage
from desktopd.session.window_managers import table
from desktopd.session.window_managers.window_manager import WindowManagerOptions
from desktopd.session.x_server import XServer


def window_manager(options: SessionOptions, x_server: XServer, _: Callable[[], None]) -> Service:
    """The window manager of the options; what it started goes on when it dies.

    openbox ends the process that a window names, once that window does not answer.
    """
    probe = WindowManagerProbe(x_server)
    place = WindowManagerOptions(options.folder, options.environment, options.kiosk, options.app)
    chosen = table.window_manager(options.wm)
    return Service(
        name="window_manager",
        argv=chosen.configure(place),
        at_start=chosen.take_over,
        ready=probe.runs,
        after=("display",),
        stage=lambda: Stage.WINDOW_MANAGER,
        alive=probe.comes_back,
        restart=Restart(longest=5),
        keep_children=True,
        # For what it starts, which inherits that: the application is no better a victim.
        first_oom_victim=True,
        uses_gpu=True,
        locked=Locked.AT_HOME,
    )
