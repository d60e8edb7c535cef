"""Whose size the desktop has, of several viewers. When a viewer asks for one is its own choice.

The viewer that asked last has it. When that leaves, or has not been used for half a minute while
another one is, the desktop gets the size of the one that was used last. Who may only watch has
none.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from desktopd.background_tasks import BackgroundTasks
from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.rfb.viewers.viewer import Role, Viewer

UNUSED = 30.0
"""Seconds after which a viewer that is not used gives the size up to one that is."""

Resize = Callable[[Size, float | None], Awaitable[object]]
"""Gives the desktop a size, and programs a scale where it is not None; DisplayUnavailable."""


@dataclass(slots=True)
class _SizeWish:
    size: Size
    scale: float | None
    used: float


class WantedSizes:
    """What each viewer has asked for, and what `resize` is told of it. Belongs to the loop."""

    def __init__(self, resize: Resize, clock: Callable[[], float] = time.monotonic) -> None:
        self._resize = resize
        self._clock = clock
        self._wishes: dict[Viewer, _SizeWish] = {}
        self._owner: Viewer | None = None
        self._tasks = BackgroundTasks(DisplayUnavailable)

    async def want(self, viewer: Viewer, size: Size, scale: float | None) -> None:
        """The viewer asks for this size, and gets it; raises DisplayUnavailable."""
        self._wishes[viewer] = _SizeWish(size, scale, self._clock())
        self._owner = viewer
        await self._resize(size, scale)

    def used(self, viewer: Viewer) -> None:
        """The user of this viewer has typed or pointed."""
        if (wish := self._wishes.get(viewer)) is None:
            return
        wish.used = self._clock()
        owner = self._owner
        if owner not in (None, viewer) and wish.used - self._wishes[owner].used > UNUSED:
            self._give(viewer)

    def leave(self, viewer: Viewer) -> None:
        """The viewer has gone."""
        self._wishes.pop(viewer, None)
        if viewer is not self._owner:
            return
        self._owner = None
        left = [one for one in self._wishes if one.role is Role.CONTROL]
        if left:
            self._give(max(left, key=lambda one: self._wishes[one].used))

    def _give(self, viewer: Viewer) -> None:
        wish = self._wishes[viewer]
        self._owner = viewer
        self._tasks.start(self._carry_out(wish))

    async def _carry_out(self, wish: _SizeWish) -> None:
        await self._resize(wish.size, wish.scale)
