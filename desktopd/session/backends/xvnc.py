"""Xvnc: TigerVNC's X server, which is an RFB server too.

Tested by tests/x11/test_start.py and tests/x11/test_session.py.
"""

from __future__ import annotations

from pyvirtualdisplay.xvnc import XvncDisplay

from desktopd.confinement.landlock import Right, Rule
from desktopd.session.backends.backend import Backend
from desktopd.session.backends.detached import DetachedDisplay, common_arguments
from desktopd.session.backends.options import XServerOptions
from desktopd.session.program import Program


class Xvnc(DetachedDisplay, XvncDisplay):  # type: ignore[misc]
    """Xvnc(1) with RFB on a unix socket alone."""

    def __init__(self, options: XServerOptions, number: int) -> None:
        self.options = options
        XvncDisplay.__init__(
            self,
            size=(options.size.width, options.size.height),
            rfbport=-1,
            manage_global_env=False,
            extra_args=[
                *common_arguments(options, number),
                *("-dpi", str(options.dpi)),
                *("-rfbunixpath", str(options.rfb_socket), "-rfbunixmode", "0600"),
                *("-AlwaysShared", "-FrameRate", "120", "-desktop", "desktopd"),
                # The clipboard goes by the daemon, in UTF-8 and by the viewer's role.
                *("-AcceptCutText=0", "-SendCutText=0", "-SetPrimary=0", "-SendPrimary=0"),
            ],
        )

    def _cmd(self) -> list[str]:
        # A locked one could not remove what its predecessor has left: the token lies beside it.
        self.options.rfb_socket.unlink(missing_ok=True)
        command: list[str] = super()._cmd()
        return command

    def own_rules(self) -> tuple[Rule, ...]:
        """With its socket for viewers."""
        return (*super().own_rules(), Rule(self.options.folder.resolve(), Right.MAKE_SOCK))


XVNC = Backend(
    "xvnc",
    Program(("Xvnc",), "tigervnc-standalone-server"),
    Xvnc,
    monitor="VNC-0",
    serves_rfb=True,
)
