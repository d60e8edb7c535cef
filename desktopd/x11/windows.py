"""What the application shows: its windows and whether their picture is there (EWMH 1.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from Xlib import X, Xatom, error
from Xlib.protocol import event as core

from desktopd.geometry import Size
from desktopd.x11.connection import Connection, Display, Event, x_errors
from desktopd.x11.screen.randr import screen_size
from desktopd.x11.screen.screenshot import read_pixels

# A line of text is taller than the distance of the rows looked at, in pixels.
ROW_DISTANCE = 8
APPLICATION_TYPES = frozenset({"_NET_WM_WINDOW_TYPE_NORMAL", "_NET_WM_WINDOW_TYPE_DIALOG"})
TYPE_PREFIX = "_NET_WM_WINDOW_TYPE_"
FRAME_REQUEST = "_NET_REQUEST_FRAME_EXTENTS"
REQUESTS = 10
REQUEST_SECONDS = 0.05
# What X answers about a window that has gone, or has moved off the screen, in the meantime.
_GONE = (error.BadWindow, error.BadDrawable, error.BadMatch)

Window = Any


class Paint(Enum):
    """How much of the application is to be seen."""

    NONE = "none"
    MAPPED = "mapped"
    PAINTED = "painted"


async def paint(connection: Connection) -> Paint:
    """PAINTED when a window of the application shows more than one colour where it is visible.

    MAPPED when its windows are blank or hidden, or there is only a splash window. Windows are those
    that the window manager lists; without one, the viewable children of the root window.
    """
    return await connection.call(_paint)


async def window_manager(connection: Connection) -> str | None:
    """The name of the window manager that runs (_NET_SUPPORTING_WM_CHECK) and does its work.

    None when there is none, or it does not handle events for half a second. openbox 3.6 leaves
    what came while it started until something else comes: an application that has opened its
    window in that time waits for a request made here.
    """
    name = await connection.call(_window_manager)
    supported = await connection.call(_supported)
    if name is None or not supported:  # it announces itself first, then what it can do
        return None
    request = await connection.call(lambda display: display.get_atom(FRAME_REQUEST))
    if request in supported and not await _handles_events(connection):
        return None
    return name


async def _handles_events(connection: Connection) -> bool:
    """Ask the window manager how wide the frame of a window of ours would be, until it answers."""
    window = await connection.call(_make_window)

    def is_answer(event: Event) -> bool:
        return isinstance(event, core.PropertyNotify) and bool(event.window.id == window.id)

    try:
        with connection.collect(is_answer) as answers:
            for _ in range(REQUESTS):
                await connection.call(partial(_request_frame_extents, window))
                with suppress(TimeoutError):
                    async with asyncio.timeout(REQUEST_SECONDS):
                        await answers.get()
                    return True
        return False
    finally:
        await connection.call(partial(_destroy, window))


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the screen in pixels; `right` and `bottom` are the first outside of it."""

    left: int
    top: int
    right: int
    bottom: int

    def clipped(self, other: Area) -> Area:
        """The part of this rectangle that lies in `other`; possibly empty, possibly inverted."""
        return Area(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )


def _window_manager(display: Display) -> str | None:
    root = display.screen().root
    check = _values(display, root, "_NET_SUPPORTING_WM_CHECK", Xatom.WINDOW)
    if not check:
        return None
    window = display.create_resource_object("window", check[0])
    try:
        # The property of a dead window manager stays on the root; its window does not.
        if _values(display, window, "_NET_SUPPORTING_WM_CHECK", Xatom.WINDOW) != check:
            return None
        name = _values(display, window, "_NET_WM_NAME", X.AnyPropertyType)
    except _GONE:
        return None
    return bytes(name).decode(errors="replace") or "unnamed"


def _supported(display: Display) -> list[int]:
    """The atoms of what the window manager can do."""
    return _values(display, display.screen().root, "_NET_SUPPORTED", Xatom.ATOM)


def _make_window(display: Display) -> Window:
    root = display.screen().root
    with x_errors(display, "CreateWindow for the window manager"):
        return root.create_window(
            *(-1, -1, 1, 1, 0, X.CopyFromParent), event_mask=X.PropertyChangeMask
        )


def _request_frame_extents(window: Window, display: Display) -> None:
    message = core.ClientMessage(
        window=window, client_type=display.get_atom(FRAME_REQUEST), data=(32, [0] * 5)
    )
    mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
    with x_errors(display, f"SendEvent {FRAME_REQUEST}"):
        display.screen().root.send_event(message, mask)


def _destroy(window: Window, display: Display) -> None:
    with x_errors(display, "DestroyWindow"):
        window.destroy()


def _paint(display: Display) -> Paint:
    found = Paint.NONE
    tree = display.screen().root.query_tree().children
    for window in _clients(display, tree):
        try:
            shown = _shown(display, window, tree)
        except _GONE:
            continue
        if shown is Paint.PAINTED:
            return shown
        if shown is Paint.MAPPED:
            found = shown
    return found


def _clients(display: Display, tree: list[Window]) -> list[Window]:
    if _window_manager(display) is None:
        return tree
    root = display.screen().root
    listed = _values(display, root, "_NET_CLIENT_LIST", Xatom.WINDOW)
    return [display.create_resource_object("window", number) for number in listed]


def _shown(display: Display, window: Window, tree: list[Window]) -> Paint:
    """How much of this window is to be seen: NONE for one that is not shown or not the user's."""
    attributes = window.get_attributes()
    if attributes.map_state != X.IsViewable or attributes.override_redirect:
        return Paint.NONE
    if attributes.win_class == X.InputOnly:
        return Paint.NONE
    kind = _type(display, window)
    if kind == "_NET_WM_WINDOW_TYPE_SPLASH":
        return Paint.MAPPED
    if kind not in APPLICATION_TYPES:
        return Paint.NONE
    return Paint.PAINTED if _has_picture(display, window, tree) else Paint.MAPPED


def _type(display: Display, window: Window) -> str:
    """The first type of the window that EWMH knows, as its atom's name; NORMAL without any."""
    for atom in _values(display, window, "_NET_WM_WINDOW_TYPE", Xatom.ATOM):
        name = str(display.get_atom_name(atom))
        if name.startswith(TYPE_PREFIX):
            return name
    return "_NET_WM_WINDOW_TYPE_NORMAL"


def _values(display: Display, window: Window, name: str, kind: int) -> list[int]:
    found = window.get_full_property(display.get_atom(name), kind)
    return [*found.value] if found else []


def _has_picture(display: Display, window: Window, tree: list[Window]) -> bool:
    covers = _above(display, window, tree)
    area = _area(display, window)
    colours: set[bytes] = set()
    for y in range(area.top + ROW_DISTANCE // 2, area.bottom, ROW_DISTANCE):
        for left, right in _visible(area.left, area.right, y, covers):
            row = read_pixels(display, left, y, Size(right - left, 1))
            colours.add(row[:4])
            if len(colours) > 1 or row != row[:4] * (right - left):
                return True
    return False


def _area(display: Display, window: Window) -> Area:
    """Where the window is on the screen, clipped to it."""
    geometry = window.get_geometry()
    screen = screen_size(display)
    at = display.screen().root.translate_coords(window, 0, 0)
    area = Area(at.x, at.y, at.x + geometry.width, at.y + geometry.height)
    return area.clipped(Area(0, 0, screen.width, screen.height))


def _above(display: Display, window: Window, tree: list[Window]) -> list[Area]:
    """What is stacked above the window's frame: `tree` are the root's children from the bottom."""
    frame = window
    while (parent := frame.query_tree().parent) != display.screen().root:
        frame = parent
    areas = []
    for other in tree[tree.index(frame) + 1 :] if frame in tree else []:
        try:
            attributes = other.get_attributes()
            if attributes.map_state == X.IsViewable and attributes.win_class != X.InputOnly:
                areas.append(_area(display, other))
        except _GONE:
            continue
    return areas


def _visible(left: int, right: int, y: int, covers: list[Area]) -> Iterator[tuple[int, int]]:
    """The parts of a row of pixels that no rectangle covers, from left to right."""
    for cover in sorted(covers, key=lambda area: area.left):
        if cover.top <= y < cover.bottom and cover.right > left:
            if cover.left > left:
                yield left, min(cover.left, right)
            left = max(left, cover.right)
    if left < right:
        yield left, right
