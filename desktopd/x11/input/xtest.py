"""The extension XTEST, which presses keys and buttons and moves the pointer.

Tested by tests/x11/test_keyboard.py and test_pointer.py.
"""

from __future__ import annotations

from Xlib.ext import xtest

from desktopd.x11.errors import XError, x_errors
from desktopd.x11.xlib_patches import Display


def use(display: Display) -> None:
    """Make ready for XTestFakeInput, in the X thread; XError when the server has no XTEST.

    Input then goes on while another client has grabbed the server (XTestGrabControl), as that of a
    real keyboard does.
    """
    if not display.has_extension(xtest.extname):
        raise XError("the X server has no XTEST: start it with `+extension XTEST`")
    with x_errors(display, "XTestGrabControl"):
        display.xtest_grab_control(True)
