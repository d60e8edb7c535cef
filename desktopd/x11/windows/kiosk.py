"""What a kiosk wants of its windows: which one fills the screen, where the others go, and how large
a screen they need. Decides only, from what was read; desktop_windows has it done.

One window is the main one: it fills the screen without a frame, in the layer below all others, so
that it hides none where its program raises it. These float above it with a frame, inside the
screen, and only hands bring a part of one outside.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from desktopd.geometry import Rectangle, Size
from desktopd.x11.windows.requests import MAXIMIZED, UNDECORATED
from desktopd.x11.windows.window import ClientWindow

# A program that does not state its least size needs the one it chose, up to this one: in a smaller
# window it may cut off its controls.
UNSTATED = Size(800, 600)
# What covers nothing that the user would look for, or is no window to the user.
UNLISTED = frozenset({"DESKTOP", "DOCK", "SPLASH", "NOTIFICATION"})
# Pixels to the right and down from a window that would be hidden: a title bar stays in sight.
STEP = 24
HIDDEN = "_NET_WM_STATE_HIDDEN"
ABOVE, BELOW = "_NET_WM_STATE_ABOVE", "_NET_WM_STATE_BELOW"
SHADED = "_NET_WM_STATE_SHADED"
# How often in a row, and within which seconds of each other, a program undoes where its window was
# put, before it has its way.
PATIENCE = 5
AT_ONCE = 0.5


@dataclass(frozen=True, slots=True)
class SetState:
    """Switch states of a window on or off."""

    window: int
    names: tuple[str, ...]
    on: bool


@dataclass(frozen=True, slots=True)
class MoveResize:
    """Give the content of a window this place."""

    window: int
    area: Rectangle


@dataclass(frozen=True, slots=True)
class Activate:
    """Bring a window back that has hidden itself."""

    window: int


Wish = SetState | MoveResize | Activate


@dataclass(frozen=True, slots=True)
class _Placement:
    """Where a floating window was put: on which screen, with which least size, and how it lies.

    `undone`: how often in a row its program has put it elsewhere, the last time at `undone_at`.
    """

    screen: Size
    least: Size
    area: Rectangle
    undone: int = 0
    undone_at: float = -math.inf

    def after(self, placed: _Placement, now: float) -> _Placement:
        """This place, as one where the program has put its window that was `placed` before."""
        in_a_row = now - placed.undone_at < AT_ONCE
        return replace(self, undone=placed.undone + 1 if in_a_row else 1, undone_at=now)


class Kiosk:
    """The windows of a kiosk, from one look at them to the next.

    `is_application` tells of a process whether it is the application's, or was started by it.
    """

    def __init__(self, is_application: Callable[[int], bool]) -> None:
        self.main: int | None = None
        """The window that fills the screen."""
        self.needed = Size(1, 1)
        """The least screen on which all windows can be used."""
        self._is_application = is_application
        self._asked: dict[int, bool] = {}
        self._undecorates = True
        self._places = Counter[tuple[int, int]]()
        self._chosen: dict[int, Size] = {}
        self._placed: dict[int, _Placement] = {}
        self._by_hand = False
        self._now = 0.0

    def ask(self, windows: Sequence[ClientWindow]) -> None:
        """Ask whose processes these windows name, of each once, for the next look at them.

        Blocks the longer the more there are: any program makes windows, and names what it likes.
        """
        self._asked = {}
        for window in self._candidates(windows):
            if window.pid is not None:
                self._is_own(window.pid)

    def look(
        self,
        windows: Sequence[ClientWindow],
        screen: Size,
        *,
        undecorates: bool = True,
        by_hand: bool = False,
        now: float = 0.0,
    ) -> list[Wish]:
        """What is to be done about these windows, the oldest first; nothing once all is well.

        `undecorates`: the window manager can take the frame away. `by_hand`: somebody has held a
        button down since the last look, and may have moved a window by it. `now` is in seconds.
        """
        self._undecorates, self._by_hand, self._now = undecorates, by_hand, now
        seen = {window.id for window in windows}
        self._placed = {number: place for number, place in self._placed.items() if number in seen}
        self._chosen = {number: size for number, size in self._chosen.items() if number in seen}
        self._places = Counter((window.area.x, window.area.y) for window in windows)
        for window in windows:
            self._chosen.setdefault(window.id, Size(window.area.width, window.area.height))
        self.main = self._choose(windows)
        self._asked = {}
        self.needed = self._need([window for window in windows if window.type not in UNLISTED])
        return [wish for window in windows for wish in self._wishes(window, screen)]

    def unplace(self, window: int) -> None:
        """Bring the window into the screen at the next look."""
        self._placed.pop(window, None)

    def _choose(self, windows: Sequence[ClientWindow]) -> int | None:
        """The window that was it already, else the oldest of the application, else the oldest."""
        candidates = self._candidates(windows)
        own = [w for w in candidates if w.pid is None or self._is_own(w.pid)]
        numbers = [window.id for window in own or candidates]
        return self.main if self.main in numbers else next(iter(numbers), None)

    def _is_own(self, pid: int) -> bool:
        if pid not in self._asked:
            self._asked[pid] = self._is_application(pid)
        return self._asked[pid]

    def _candidates(self, windows: Sequence[ClientWindow]) -> list[ClientWindow]:
        return [w for w in windows if w.is_candidate or w.id == self.main]

    def _need(self, windows: Sequence[ClientWindow]) -> Size:
        sides = [self._least(window) for window in windows]
        width = max((size.width for size in sides), default=1)
        return Size(width, max((size.height for size in sides), default=1))

    def _least(self, window: ClientWindow) -> Size:
        """The least room that the window can be used in, with its frame."""
        content = self._content(window)
        left, right, top, bottom = window.frame
        return Size(content.width + left + right, content.height + top + bottom)

    def _content(self, window: ClientWindow) -> Size:
        chosen = self._chosen[window.id]
        return window.minimum or Size(
            min(chosen.width, UNSTATED.width), min(chosen.height, UNSTATED.height)
        )

    def _wishes(self, window: ClientWindow, screen: Size) -> Iterator[Wish]:
        if window.type in UNLISTED or window.is_full:
            return
        fills = window.id == self.main and window.can_be_maximized
        # What would hide the others, itself behind the main one, or all but a title.
        for name in {SHADED, ABOVE if window.id == self.main else BELOW} & window.states:
            yield SetState(window.id, (name,), on=False)
        yield from self._fill(window) if fills else self._float(window, screen)

    def _fill(self, window: ClientWindow) -> Iterator[Wish]:
        self._placed.pop(window.id, None)
        if HIDDEN in window.states:
            yield Activate(window.id)
        if self._undecorates and UNDECORATED not in window.states:
            yield SetState(window.id, (UNDECORATED,), on=True)
        if BELOW not in window.states:
            yield SetState(window.id, (BELOW,), on=True)
        if not window.is_maximized:
            yield SetState(window.id, MAXIMIZED, on=True)

    def _float(self, window: ClientWindow, screen: Size) -> Iterator[Wish]:
        """As it chose to be, and inside, unless hands have it elsewhere."""
        placed = self._placed.get(window.id)
        if UNDECORATED in window.states:
            yield SetState(window.id, (UNDECORATED,), on=False)
        if placed is None and window.is_maximized:
            yield SetState(window.id, MAXIMIZED, on=False)
        if placed is None and (window.is_maximized or UNDECORATED in window.states):
            return  # Where it is then, and with which frame, the next look tells.
        place = _Placement(screen, self._content(window), window.area)
        if placed is not None and (placed.screen, placed.least) == (screen, place.least):
            if placed.area == window.area:
                return
            if not self._by_hand:
                place = place.after(placed, self._now)
            if self._by_hand or place.undone > PATIENCE:
                self._placed[window.id] = place
                return
        inside = self._beside_others(window, screen, place.least)
        if window.is_maximized or inside == window.area:
            self._placed[window.id] = place
        else:
            self._placed[window.id] = replace(place, area=inside)
            self._places[window.area.x, window.area.y] -= 1
            self._places[inside.x, inside.y] += 1
            yield MoveResize(window.id, inside)

    def _beside_others(self, window: ClientWindow, screen: Size, least: Size) -> Rectangle:
        """Inside, and a step away from each other one that lies exactly there, if there is room.

        A window that fills the screen becomes smaller for that.
        """
        area = inside_of(window, screen, least)
        if not self._is_taken(area, window):
            return area
        while self._is_taken(area, window) and (area.x < screen.width or area.y < screen.height):
            area = replace(area, x=area.x + STEP, y=area.y + STEP)
        right, bottom = window.frame[1], window.frame[3]
        width = min(area.width, screen.width - right - area.x)
        height = min(area.height, screen.height - bottom - area.y)
        if window.can_be_resized and width >= least.width and height >= least.height:
            area = replace(area, width=width, height=height)
        return inside_of(replace(window, area=area), screen, least)

    def _is_taken(self, area: Rectangle, window: ClientWindow) -> bool:
        """Whether a window other than this one lies exactly there."""
        own = (window.area.x, window.area.y) == (area.x, area.y)
        return self._places[area.x, area.y] > own


def inside_of(window: ClientWindow, screen: Size, minimum: Size) -> Rectangle:
    """The place of the window's content nearest to where it is with all of the frame on the screen.

    A window that is too large becomes smaller, but not less than `minimum`; what is still too large
    keeps its upper left corner, with the title, on the screen.
    """
    left, right, top, bottom = window.frame
    width, height = window.area.width, window.area.height
    if window.can_be_resized:
        width = min(width, max(minimum.width, screen.width - left - right))
        height = min(height, max(minimum.height, screen.height - top - bottom))
        width, height = _in_shape(width, height, window.shapes)
    x = max(left, min(window.area.x, screen.width - right - width))
    y = max(top, min(window.area.y, screen.height - bottom - height))
    return Rectangle(x, y, width, height)


def _in_shape(width: int, height: int, shapes: tuple[float, float] | None) -> tuple[int, int]:
    """The largest size within this one that has one of the shapes (PAspect)."""
    if shapes is None:
        return width, height
    least, most = shapes
    return min(width, int(height * most)), min(height, int(width / least))
