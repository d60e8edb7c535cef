"""The application as a service. When one is ready is for `probes`.

Tested by tests/unit/session/services/test_table.py and tests/x11/test_session.py.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable

from desktopd.session.options import SessionOptions
from desktopd.session.probes.painted import PaintedProbe, at_once
from desktopd.session.service import Restart, Service
from desktopd.session.x_server import XServer

NICE = 5
"""X server and daemon come first: what they do for it is short, and it waits for them."""
SETTLED = 2.0
"""Seconds after which an application of a plain desktop has come to stay."""


def application(options: SessionOptions, x_server: XServer, changed: Callable[[], None]) -> Service:
    """The application: ready when its window has painted, at once on a plain desktop."""
    probe = PaintedProbe(x_server, changed)
    return Service(
        name="application",
        argv=tuple(shlex.split(options.app)),
        ready=probe.has_painted if options.kiosk else at_once,
        after=("window_manager",),
        stage=probe.stage,
        ready_within=None,
        poll=0.15,
        restart=Restart(
            attempts=5,
            always=options.restart_app,
            # Where it is ready at once, that says nothing yet.
            settled=0 if options.kiosk else SETTLED,
        ),
        stop_within=2,
        first_oom_victim=True,
        uses_gpu=True,
        nice=NICE,
        environment=options.app_environment,
    )
