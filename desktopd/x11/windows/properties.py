"""What clients and window manager write on windows, as numbers and names. Run in the X thread.

Tested by tests/x11/test_windows.py and tests/x11/test_paint.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from Xlib import X, Xatom, error
from Xlib.ext import res

from desktopd.x11.xlib_patches import Display

XWindow = Any
"""A window as python-xlib has it."""
TYPE_PREFIX = "_NET_WM_WINDOW_TYPE_"
NORMAL = "NORMAL"
MOST = 1024
"""Numbers that are read of a property."""
LONGEST = 4096
"""Bytes that are read of a text: nobody reads a longer title."""
# What X answers about a window that has gone, or has moved off the screen, in the meantime.
GONE = (error.BadWindow, error.BadDrawable, error.BadMatch)


def values(display: Display, window: XWindow, name: str, kind: int) -> list[int]:
    """A property as a list of numbers, at most MOST; empty where the window has none of that type.

    They are asked for again at each change, and any program may write any number of them.
    """
    found = window.get_property(display.get_atom(name), kind, 0, MOST)
    return [*found.value] if found else []


def window_type(display: Display, window: XWindow) -> str:
    """The first type of the window that EWMH knows, such as ``DIALOG``; NORMAL without any."""
    for name in atom_names(display, window, "_NET_WM_WINDOW_TYPE"):
        if name.startswith(TYPE_PREFIX):
            return name.removeprefix(TYPE_PREFIX)
    return NORMAL


def atom_names(display: Display, window: XWindow, name: str) -> tuple[str, ...]:
    """A property of atoms as their names; a number that is no atom is left out."""
    return tuple(known_names(display, values(display, window, name, Xatom.ATOM)))


def known_names(display: Display, atoms: Iterable[int]) -> Iterator[str]:
    """The names of those numbers that are atoms: any program may write any number."""
    for atom in atoms:
        try:
            yield str(display.get_atom_name(atom))
        except error.BadAtom:
            continue


def text(display: Display, window: XWindow, name: str) -> str:
    """The first LONGEST bytes of a property as text.

    That is UTF-8, or Latin-1 where it is of the older type STRING (ICCCM 2.7.1).
    """
    found = window.get_property(display.get_atom(name), X.AnyPropertyType, 0, LONGEST // 4)
    if not found:
        return ""
    data = found.value if isinstance(found.value, bytes) else bytes(found.value)
    encoding = "latin-1" if found.property_type == Xatom.STRING else "utf-8"
    return data.decode(encoding, errors="replace")


def window_pid(display: Display, window: XWindow) -> int | None:
    """The process at the other end of the connection that made the window (X-Resource 1.2)."""
    if display.has_extension(res.extname):
        wanted = [{"client": window.id, "mask": res.LocalClientPIDMask}]
        for found in display.res_query_client_ids(wanted).ids:
            if found.value:
                return int(found.value[0])
    told = values(display, window, "_NET_WM_PID", Xatom.CARDINAL)
    return told[0] if told else None
