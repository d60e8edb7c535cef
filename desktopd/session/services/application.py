"""The application as a service. When one is ready is for `probes`.

Tested by tests/unit/session/services/test_table.py and tests/x11/test_session.py.
"""

from __future__ import annotations

from collections.abc import Callable

from desktopd.session.options import SessionOptions
from desktopd.session.probes.painted import PaintedProbe, at_once
from desktopd.session.service import Locked, Restart, Service
from desktopd.session.x_server import XServer
from desktopd.shell_command import parse_command

NICE = 5
"""X server and daemon come first: what they do for it is short, and it waits for them."""
SETTLED = 2.0
"""Seconds after which an application of a plain desktop has come to stay."""


def application(options: SessionOptions, x_server: XServer, changed: Callable[[], None]) -> Service:
    """The application: ready when its window has painted, at once on a plain desktop."""
    command = parse_command(options.app, options.environment)
    probe = PaintedProbe(x_server, changed)
    return Service(
        name="application",
        argv=command.argv,
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
        forks=True,
        on_first_size=True,
        stop_within=2,
        first_oom_victim=True,
        uses_gpu=True,
        nice=NICE,
        folder=options.app_folder,
        locked=Locked.ANEW,
        environment={**command.environment, **options.app_environment},
    )
