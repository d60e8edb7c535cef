"""What the window manager is asked to do with a window (EWMH 1.5). Run in the X thread.

Tested by tests/x11/test_windows.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from Xlib import X
from Xlib.protocol import event as core

from desktopd.geometry import Rectangle
from desktopd.x11.errors import x_errors
from desktopd.x11.xlib_patches import Display

REMOVE, ADD = 0, 1
# Who asks: neither a program nor a pager would be believed in all that is asked here.
PAGER = 2
STATIC_GRAVITY = 10
# Bits of _NET_MOVERESIZE_WINDOW that say which of x, y, width and height are given.
ALL_SIDES = 0b1111 << 8
MAXIMIZED = ("_NET_WM_STATE_MAXIMIZED_HORZ", "_NET_WM_STATE_MAXIMIZED_VERT")
UNDECORATED = "_OB_WM_STATE_UNDECORATED"
"""A state of openbox: without a frame, whatever the program says."""


def set_state(display: Display, window: int, names: Sequence[str], *, on: bool) -> None:
    """Switch one or two states of the window on or off."""
    atoms = [display.get_atom(name) for name in names]
    second = atoms[1] if len(atoms) > 1 else 0
    _ask(display, window, "_NET_WM_STATE", ADD if on else REMOVE, atoms[0], second, PAGER)


def place(display: Display, window: int, area: Rectangle) -> None:
    """Give the content of the window this place on the screen."""
    flags = STATIC_GRAVITY | ALL_SIDES | PAGER << 12
    _ask(
        *(display, window, "_NET_MOVERESIZE_WINDOW"),
        *(flags, area.x & 0xFFFFFFFF, area.y & 0xFFFFFFFF, area.width, area.height),
    )


def expose(display: Display, window: int) -> None:
    """Have the program draw its window anew."""
    with x_errors(display, f"ClearArea of window {window:#x}"):
        display.create_resource_object("window", window).clear_area(0, 0, 0, 0, True)


def activate(display: Display, window: int) -> None:
    """Raise the window, out of its icon if need be, and give it the focus."""
    _ask(display, window, "_NET_ACTIVE_WINDOW", PAGER, X.CurrentTime)


def close(display: Display, window: int) -> None:
    """Ask the window's program to close it, as the cross in its frame does."""
    _ask(display, window, "_NET_CLOSE_WINDOW", X.CurrentTime, PAGER)


def _ask(display: Display, window: int, name: str, *data: int) -> None:
    message = core.ClientMessage(
        window=window,
        client_type=display.get_atom(name),
        data=(32, [*data, *[0] * (5 - len(data))]),
    )
    mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
    with x_errors(display, f"SendEvent {name}"):
        display.screen().root.send_event(message, mask)
