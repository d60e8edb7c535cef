"""Menus and the like, which a program places itself, past the window manager. Run in the X thread.

Some programs go by the screen's size at their start, and open them beyond the edge of a smaller
one.

Tested by tests/x11/test_windows.py.
"""

from __future__ import annotations

from Xlib.error import CatchError

from desktopd.x11.windows.properties import GONE, window_type
from desktopd.x11.xlib_patches import Display

POPUPS = frozenset({"MENU", "DROPDOWN_MENU", "POPUP_MENU", "COMBO", "TOOLTIP"})


def keep_inside(display: Display, number: int) -> None:
    """Move a popup that has just been mapped to the nearest place that is all on the screen."""
    window = display.create_resource_object("window", number)
    try:
        if window_type(display, window) not in POPUPS:
            return
        popup, screen = window.get_geometry(), display.screen().root.get_geometry()
    except GONE:
        return
    x = max(0, min(popup.x, screen.width - popup.width - 2 * popup.border_width))
    y = max(0, min(popup.y, screen.height - popup.height - 2 * popup.border_width))
    if (x, y) != (popup.x, popup.y):
        window.configure(onerror=CatchError(*GONE), x=x, y=y)
