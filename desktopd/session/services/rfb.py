"""The RFB server, where that is a process of its own: x11vnc.

Tested by tests/unit/session/services/test_table.py and tests/x11/test_session.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desktopd.session.options import SessionOptions
from desktopd.session.probes.rfb import RfbProbe
from desktopd.session.program import Program
from desktopd.session.service import PartOf, Restart, Service
from desktopd.session.x_server import XServer

X11VNC = Program(("x11vnc",), "x11vnc")


def rfb(options: SessionOptions, _: XServer, __: Callable[[], None]) -> Service | PartOf:
    """The RFB server for an X server that has none, on a unix socket alone."""
    if options.rfb != "x11vnc":
        return PartOf("rfb", "display")
    probe = RfbProbe(options.rfb_socket)
    return Service(
        name="rfb",
        argv=_x11vnc(options.rfb_socket),
        ready=probe.answers,
        after=("display",),
        alive=probe.answers,
        release=probe.close,
        restart=Restart(longest=5),
        umask=0o177,
    )


def _x11vnc(socket: Path) -> tuple[str, ...]:
    return (
        *("x11vnc", "-norc", "-nocmds", "-quiet"),
        # Any program of the desktop could else have it call a host, and be seen and led from there.
        *("-noremote", "-novncconnect"),
        # `-rfbport 0` alone would still open [::]:5900; `-localhost` would refuse the unix socket.
        *("-unixsock", str(socket), "-rfbport", "0", "-rfbportv6", "-1", "-no6"),
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
