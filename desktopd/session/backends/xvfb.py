"""Xvfb: needs nothing beside itself; its first size is the largest, and its DPI stays.

Tested by tests/x11/test_start.py and tests/x11/test_session.py.
"""

from __future__ import annotations

from pyvirtualdisplay.xvfb import XvfbDisplay

from desktopd.session.backends.backend import Backend
from desktopd.session.backends.detached import DetachedDisplay, common_arguments
from desktopd.session.backends.options import XServerOptions
from desktopd.session.program import Program


class Xvfb(DetachedDisplay, XvfbDisplay):  # type: ignore[misc]
    """Xvfb(1) with a framebuffer as large as its screen may ever become."""

    def __init__(self, options: XServerOptions, number: int) -> None:
        self.options = options
        XvfbDisplay.__init__(
            self,
            size=(options.largest.width, options.largest.height),
            dpi=options.dpi,
            manage_global_env=False,
            extra_args=common_arguments(options, number),
        )


XVFB = Backend("xvfb", Program(("Xvfb",), "xvfb", version=()), Xvfb, monitor="screen")
