"""What the application shows: whether the picture of its windows is there.

Tested by tests/x11/test_paint.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial

from Xlib import X, Xatom

from desktopd.geometry import Size
from desktopd.x11.connection import Connection
from desktopd.x11.screen.randr import screen_size
from desktopd.x11.screen.screenshot import read_pixels
from desktopd.x11.windows.properties import GONE, NORMAL, XWindow, values, window_pid, window_type
from desktopd.x11.windows.window_manager import window_manager_name
from desktopd.x11.xlib_patches import Display

# A line of text is taller than the distance of the rows looked at, in pixels.
ROW_DISTANCE = 8
APPLICATION_TYPES = frozenset({NORMAL, "DIALOG"})


class Paint(Enum):
    """How much of the application is to be seen."""

    NONE = "none"
    SPLASH = "splash"
    MAPPED = "mapped"
    PAINTED = "painted"


Belongs = Callable[[int], bool]
"""Whether the windows of a process are the application's."""


async def paint(connection: Connection, belongs: Belongs = lambda _: True) -> Paint:
    """PAINTED when a window of the application shows more than one colour where it is visible.

    MAPPED when its windows are blank or hidden, SPLASH when there is only a splash window. Windows
    are those that the window manager lists; without one, the viewable children of the root window.
    Those of a process that does not belong to the application do not count.
    """
    return await connection.call(partial(_paint, belongs))


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


def _paint(belongs: Belongs, display: Display) -> Paint:
    found = Paint.NONE
    tree = display.screen().root.query_tree().children
    for window in _clients(display, tree):
        try:
            pid = window_pid(display, window)
            shown = _shown(display, window, tree) if pid is None or belongs(pid) else Paint.NONE
        except GONE:
            continue
        if shown is Paint.PAINTED:
            return shown
        if shown is Paint.MAPPED or (shown is Paint.SPLASH and found is Paint.NONE):
            found = shown
    return found


def _clients(display: Display, tree: list[XWindow]) -> list[XWindow]:
    if window_manager_name(display) is None:
        return tree
    root = display.screen().root
    listed = values(display, root, "_NET_CLIENT_LIST", Xatom.WINDOW)
    return [display.create_resource_object("window", number) for number in listed]


def _shown(display: Display, window: XWindow, tree: list[XWindow]) -> Paint:
    """How much of this window is to be seen: NONE for one that is not shown or not the user's."""
    attributes = window.get_attributes()
    if attributes.map_state != X.IsViewable or attributes.override_redirect:
        return Paint.NONE
    if attributes.win_class == X.InputOnly:
        return Paint.NONE
    kind = window_type(display, window)
    if kind == "SPLASH":
        return Paint.SPLASH
    if kind not in APPLICATION_TYPES:
        return Paint.NONE
    return Paint.PAINTED if _has_picture(display, window, tree) else Paint.MAPPED


def _has_picture(display: Display, window: XWindow, tree: list[XWindow]) -> bool:
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


def _area(display: Display, window: XWindow) -> Area:
    """Where the window is on the screen, clipped to it."""
    geometry = window.get_geometry()
    screen = screen_size(display)
    at = display.screen().root.translate_coords(window, 0, 0)
    area = Area(at.x, at.y, at.x + geometry.width, at.y + geometry.height)
    return area.clipped(Area(0, 0, screen.width, screen.height))


def _above(display: Display, window: XWindow, tree: list[XWindow]) -> list[Area]:
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
        except GONE:
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
