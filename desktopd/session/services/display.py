"""The X server as a service; which one it is, and its command line, is for `backends`.

Tested by tests/unit/session/services/test_table.py and tests/x11/test_session.py.
"""

from __future__ import annotations

from collections.abc import Callable

from desktopd.session.options import SessionOptions
from desktopd.session.service import Restart, Service
from desktopd.session.status import Stage
from desktopd.session.x_server import XServer

# Seconds that one may be silent, as where others take the processor or memory lies on the disk: all
# programs end with it, and what they hold is lost.
_SILENT_FOR = 30.0


def display(options: SessionOptions, x_server: XServer, _: Callable[[], None]) -> Service:
    """The X server: ready once the daemon has a connection to it.

    Its `argv` tells a later daemon which one is wanted. Five starts in a row that did not become
    ready end the session.
    """
    names = (backend.name for backend in options.backends)
    return Service(
        name="display",
        argv=("X", *names, str(options.max_size), str(options.dpi)),
        ready=x_server.answers,
        stage=lambda: Stage.DISPLAY,
        launch=x_server.launch,
        ready_within=10,
        alive=x_server.answers,
        silent_for=_SILENT_FOR,
        release=x_server.close,
        restart=Restart(attempts=5),
        stop_within=2,
    )
