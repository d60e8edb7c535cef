"""A window as its program and the window manager describe it, read from X. Decides nothing.

Tested by tests/x11/test_windows.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from Xlib import X, Xatom, Xutil
from Xlib.error import CatchError

from desktopd.geometry import Rectangle, Size
from desktopd.x11.windows.ping import ANSWERS, PING
from desktopd.x11.windows.properties import (
    GONE,
    NORMAL,
    XWindow,
    atom_names,
    text,
    values,
    window_pid,
    window_type,
)
from desktopd.x11.xlib_patches import Display

Hints = Any
"""WM_NORMAL_HINTS as python-xlib has them."""
EVENTS = X.PropertyChangeMask | X.StructureNotifyMask
BUTTONS = X.Button1Mask | X.Button2Mask | X.Button3Mask
NO_FRAME = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class ClientWindow:
    """A window that the window manager lists.

    `type` is such as ``NORMAL``; `area` is that of its content on the screen, without the `frame`
    (left, right, top, bottom) in pixels that the window manager puts around it. `minimum` is the
    least size that its program states (ICCCM 4.1.2.3), None where it states none. `states` and
    `actions` are the names of _NET_WM_STATE and _NET_WM_ALLOWED_ACTIONS. `transient`: it belongs
    to another window. `pid` is its program's process, None where X cannot tell. `answers`: it
    says that it answers pings. `shapes` are the least and the most width for a height of 1 that
    its program states (PAspect), None where it takes any.
    """

    id: int
    title: str
    type: str
    area: Rectangle
    frame: tuple[int, int, int, int]
    minimum: Size | None
    states: frozenset[str]
    actions: frozenset[str]
    transient: bool
    pid: int | None
    answers: bool = False
    shapes: tuple[float, float] | None = None

    @property
    def is_candidate(self) -> bool:
        """Whether it could be the one that fills the screen."""
        return self.type == NORMAL and not self.transient

    @property
    def is_full(self) -> bool:
        """Whether it is in full screen by its own wish."""
        return "_NET_WM_STATE_FULLSCREEN" in self.states

    @property
    def is_maximized(self) -> bool:
        """Whether the window manager makes it fill the screen in both directions."""
        return {"_NET_WM_STATE_MAXIMIZED_HORZ", "_NET_WM_STATE_MAXIMIZED_VERT"} <= self.states

    @property
    def can_be_resized(self) -> bool:
        """Whether its program takes another size."""
        return "_NET_WM_ACTION_RESIZE" in self.actions

    @property
    def can_be_maximized(self) -> bool:
        """Whether it may be made to fill the screen, or does already."""
        return self.is_maximized or "_NET_WM_ACTION_MAXIMIZE_VERT" in self.actions

    @property
    def with_frame(self) -> Rectangle:
        """All that it takes on the screen."""
        left, right, top, bottom = self.frame
        area = self.area
        return Rectangle(
            area.x - left, area.y - top, area.width + left + right, area.height + top + bottom
        )


def read_windows(display: Display) -> list[ClientWindow]:
    """The windows that the window manager lists, the oldest first; their changes are told on.

    Those that go while they are read are left out.
    """
    windows = []
    for number in values(display, display.screen().root, "_NET_CLIENT_LIST", Xatom.WINDOW):
        try:
            windows.append(_read(display, display.create_resource_object("window", number)))
        except GONE:
            continue
    return windows


def active_window(display: Display) -> int:
    """The window that has the focus (_NET_ACTIVE_WINDOW), 0 without one."""
    found = values(display, display.screen().root, "_NET_ACTIVE_WINDOW", Xatom.WINDOW)
    return found[0] if found else 0


def follow(display: Display) -> None:
    """Be told when the window manager lists other windows, of focus, and of answers to pings."""
    display.screen().root.change_attributes(event_mask=EVENTS | ANSWERS)


def buttons_are_held(display: Display) -> bool:
    """Whether somebody holds a button down: moves a window, or makes it another size."""
    return bool(display.screen().root.query_pointer().mask & BUTTONS)


def _read(display: Display, window: XWindow) -> ClientWindow:
    window.change_attributes(onerror=CatchError(*GONE), event_mask=EVENTS)
    geometry = window.get_geometry()
    at = display.screen().root.translate_coords(window, 0, 0)
    frame = values(display, window, "_NET_FRAME_EXTENTS", Xatom.CARDINAL)
    hints = window.get_wm_normal_hints()
    return ClientWindow(
        id=window.id,
        title=text(display, window, "_NET_WM_NAME") or text(display, window, "WM_NAME"),
        type=window_type(display, window),
        area=Rectangle(at.x, at.y, geometry.width, geometry.height),
        frame=(frame[0], frame[1], frame[2], frame[3]) if len(frame) == 4 else NO_FRAME,
        minimum=_minimum(hints) if hints else None,
        states=frozenset(atom_names(display, window, "_NET_WM_STATE")),
        actions=frozenset(atom_names(display, window, "_NET_WM_ALLOWED_ACTIONS")),
        transient=bool(values(display, window, "WM_TRANSIENT_FOR", Xatom.WINDOW)),
        pid=window_pid(display, window),
        answers=PING in atom_names(display, window, "WM_PROTOCOLS"),
        shapes=_shapes(hints) if hints else None,
    )


def _minimum(hints: Hints) -> Size | None:
    """What WM_NORMAL_HINTS states; toolkits write 1x1 there when they state nothing."""
    if hints.flags & Xutil.PMinSize:
        width, height = hints.min_width, hints.min_height
    elif hints.flags & Xutil.PBaseSize:
        width, height = hints.base_width, hints.base_height
    else:
        return None
    return Size(width, height) if width > 1 and height > 1 else None


def _shapes(hints: Hints) -> tuple[float, float] | None:
    sides = [hints.min_aspect.num, hints.min_aspect.denum]
    sides += [hints.max_aspect.num, hints.max_aspect.denum]
    if not hints.flags & Xutil.PAspect or min(sides) <= 0:
        return None
    least, most = sides[0] / sides[1], sides[2] / sides[3]
    return (least, most) if least <= most else None
