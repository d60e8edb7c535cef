"""Who takes a drop at a place of the screen (XDND 5, "Window properties").

Tested by tests/x11/test_drag_source.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from Xlib import X, Xatom, error

from desktopd.x11.connection import Display
from desktopd.x11.selections import xdnd

Window = Any


@dataclass(frozen=True, slots=True)
class DropTarget:
    """The window that messages name, the one that gets them, and the version to speak, 3 to 5."""

    window: Window
    receiver: Window
    version: int


def drop_target(display: Display, x: int, y: int) -> DropTarget | None:
    """The outermost window at this pixel that takes drops, the root last; None without one.

    Runs in the X thread. A window that goes meanwhile takes none.
    """
    root = display.screen().root
    try:
        inner = root
        while child := inner.translate_coords(root, x, y).child:
            inner = child
            if target := _target(display, child):
                return target
        return _target(display, root)
    except error.BadWindow:
        return None


def _target(display: Display, window: Window) -> DropTarget | None:
    receiver = _proxy(display, window) or window
    version = _first(display, receiver, xdnd.AWARE, X.AnyPropertyType)
    if version is None or version < xdnd.OLDEST_VERSION:
        return None
    return DropTarget(window, receiver, min(version, xdnd.VERSION))


def _proxy(display: Display, window: Window) -> Window | None:
    """The window that takes drops for `window`; it names itself, or it is left from a crash."""
    number = _first(display, window, xdnd.PROXY, Xatom.WINDOW)
    if number is None:
        return None
    proxy = display.create_resource_object("window", number)
    try:
        return proxy if _first(display, proxy, xdnd.PROXY, Xatom.WINDOW) == number else None
    except error.BadWindow:
        return None


def _first(display: Display, window: Window, name: str, kind: int) -> int | None:
    found = window.get_property(display.get_atom(name), kind, 0, 1)
    return int(found.value[0]) if found and found.format == 32 and len(found.value) else None
