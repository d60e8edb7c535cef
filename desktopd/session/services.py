"""The services of a desktop: how each program is called."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desktopd.geometry import Size
from desktopd.session.backends.displays import XServerOptions
from desktopd.session.gpu import server_environment
from desktopd.session.service import Probe, Restart, Service
from desktopd.session.window_managers import openbox, xfce


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """What a session is asked for; the fields are the settings of the same names.

    `environment` is that of every program, `app_environment` comes to it for the application.
    """

    folder: Path
    environment: Mapping[str, str]
    display: str = "auto"
    rfb: str = "auto"
    size: Size = Size(1600, 900)
    max_size: Size = Size(7680, 4320)
    dpi: int = 96
    app: str = "napari"
    kiosk: bool = True
    restart_app: bool = True
    wm: str = "openbox"
    gpu: str = "auto"
    app_environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def backends(self) -> tuple[str, ...]:
        """X servers to try, in this order."""
        if self.display == "auto":
            return ("xvnc",) if self.rfb == "xvnc" else ("xdummy", "xvfb")
        return (self.display,)

    @property
    def rfb_path(self) -> str:
        """Which RFB server is meant: ``native``, ``x11vnc`` or ``xvnc``."""
        if self.backends == ("xvnc",):
            return "xvnc"
        return "native" if self.rfb == "native" else "x11vnc"

    @property
    def display_options(self) -> XServerOptions:
        """The part that the X server is started with."""
        environment = {**self.environment, **server_environment()}
        return XServerOptions(self.size, self.max_size, self.dpi, self.folder, environment)

    @property
    def authority(self) -> Path:
        """The X server's cookie file."""
        return self.display_options.authority

    @property
    def rfb_socket(self) -> Path:
        """Where the RFB server listens, whichever it is."""
        return self.display_options.rfb_socket


def display(options: SessionOptions, ready: Probe) -> Service:
    """The X server, whose command line `displays` makes: `argv` tells which one is wanted.

    Five starts in a row that did not become ready end the session.
    """
    return Service(
        name="display",
        argv=("X", *options.backends, str(options.max_size), str(options.dpi)),
        ready=ready,
        ready_within=10,
        alive=ready,
        alive_every=5,
        restart=Restart(attempts=5),
        stop_within=2,
    )


def window_manager(options: SessionOptions, ready: Probe) -> Service:
    """The window manager: openbox or Xfce with our settings, or any other command."""
    argv = tuple(shlex.split(options.wm))
    if argv == ("openbox",):
        rules = openbox.write_config(options.folder, kiosk=options.kiosk, command=options.app)
        argv = ("openbox", "--sm-disable", "--config-file", str(rules))
    elif argv == (xfce.NAME,):
        argv = xfce.write_config(options.folder, options.environment, options.app)

    async def stays() -> bool:
        # Xfce starts a window manager that died again by itself.
        while not await ready():
            await asyncio.sleep(0.1)
        return True

    return Service(
        name="window_manager",
        argv=argv,
        ready=ready,
        after=("display",),
        alive=stays,
        restart=Restart(longest=5),
        keep_children=True,
        uses_gpu=True,
    )


def x11vnc(options: SessionOptions, answers: Probe) -> Service:
    """The RFB server for an X server that has none, on a unix socket alone."""
    argv = (
        *("x11vnc", "-norc", "-noremote", "-nocmds", "-quiet"),
        # `-rfbport 0` alone would still open [::]:5900; `-localhost` would refuse the unix socket.
        *("-unixsock", str(options.rfb_socket), "-rfbport", "0", "-rfbportv6", "-1", "-no6"),
        *("-shared", "-forever", "-nopw"),
        # Send soon: by default it collects changes for 20 ms and samples large ones.
        *("-xdamage", "-xd_area", "0", "-wait", "8", "-defer", "2", "-setdefer", "-1"),
        *("-wait_ui", "4", "-nowait_bog", "-nonap", "-sb", "0"),
        # No cache below the picture, no guesses about windows that scroll or move.
        *("-noncache", "-nowf", "-noscr", "-noxrecord", "-xrandr", "newfbsize"),
        *("-cursor", "most", "-nodpms", "-nobell"),
        # The clipboard goes by the daemon: x11vnc's is Latin-1 and knows no roles.
        *("-nosel", "-noprimary", "-noclipboard", "-nosetclipboard", "-nosetprimary"),
    )
    return Service(
        name="rfb",
        argv=argv,
        ready=answers,
        after=("display",),
        alive=answers,
        restart=Restart(longest=5),
        umask=0o177,
    )


def application(options: SessionOptions, painted: Probe) -> Service:
    """The application: ready when its window has painted, at once on a plain desktop."""

    async def on_desktop() -> bool:
        return True

    return Service(
        name="application",
        argv=tuple(shlex.split(options.app)),
        ready=painted if options.kiosk else on_desktop,
        after=("window_manager",),
        ready_within=None,
        poll=0.15,
        restart=Restart(attempts=5, always=options.restart_app),
        stop_within=2,
        first_oom_victim=True,
        uses_gpu=True,
        environment=options.app_environment,
    )


def application_environment() -> dict[str, str]:
    """Variables that make software rendering fast and Qt content."""
    cores = len(os.sched_getaffinity(0))
    return {
        # One core stays free for the X server and the encoder.
        "LP_NUM_THREADS": str(max(1, cores - 1)),
        "QT_QPA_PLATFORM": "xcb",
        "NO_AT_BRIDGE": "1",
    }
