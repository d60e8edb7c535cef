"""Who is watching: one viewer, and all of them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import token_hex

from desktopd.observers import Observers
from desktopd.rfb.viewers.pixel_path import PixelPath

_FPS_WINDOW = 2.0


class Role(StrEnum):
    """What a viewer may do: use the desktop, or only look at it."""

    CONTROL = "control"
    VIEW = "view"


def _nobody_listens() -> None:
    """For a viewer that is in no registry."""


@dataclass(slots=True, eq=False, kw_only=True)
class Viewer:
    """One connected viewer. Its relay keeps it up to date; times are monotonic, in seconds."""

    role: Role
    address: str
    path: PixelPath
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    on_change: Callable[[], None] = field(default=_nobody_listens, repr=False)
    id: str = field(default_factory=lambda: token_hex(4))
    codec: str | None = field(default=None, init=False)
    exact: bool | None = field(default=None, init=False)
    connected: float = field(init=False)
    last_input: float | None = field(default=None, init=False)
    bytes_sent: int = field(default=0, init=False)
    update_requests: int = field(default=0, init=False)
    _requested: deque[float] = field(init=False, repr=False)
    _pushed: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        self.connected = self.clock()
        self._requested = deque(maxlen=256)

    def used(self) -> None:
        """Its user has typed, moved the pointer or pasted."""
        self.last_input = self.clock()

    def agreed(self, codec: str) -> None:
        """The server will use `codec` for it from now on."""
        if codec != self.codec:
            self.codec = codec
            self.on_change()

    def showed(self, *, exact: bool) -> None:
        """Its picture is now the desktop's to the pixel, or only near it."""
        if exact != self.exact:
            self.exact = exact
            self.on_change()

    def updated(self) -> None:
        """An update has been sent to it by a server that knows when the last one was drawn."""
        self._pushed = False
        self._requested.append(self.clock())

    def requested_update(self) -> None:
        """It has asked for one framebuffer update, after it has drawn the last one."""
        self.update_requests += 1
        if self.path is not PixelPath.NATIVE:
            self._requested.append(self.clock())

    def continuous_updates(self, enabled: bool) -> None:
        """The server pushes updates to it unasked, or no longer."""
        self._pushed = enabled

    @property
    def fps(self) -> float | None:
        """Updates drawn a second over the last 2 s, told by its requests; at most 128.

        None where they do not tell: before the first, and while updates are pushed.
        """
        if self._pushed or not self._requested:
            return None
        since = self.clock() - _FPS_WINDOW
        return sum(at > since for at in self._requested) / _FPS_WINDOW


class Viewers:
    """All viewers of one desktop, in the order in which they came."""

    def __init__(self) -> None:
        self._viewers: dict[str, Viewer] = {}
        self._changes = Observers[[]]()
        self._last_input: float | None = None

    def __iter__(self) -> Iterator[Viewer]:
        return iter(tuple(self._viewers.values()))

    def __len__(self) -> int:
        return len(self._viewers)

    @property
    def last_input(self) -> float | None:
        """Monotonic time in seconds of the latest input of any viewer, present or gone."""
        times = (self._last_input, *(viewer.last_input for viewer in self))
        return max((time for time in times if time is not None), default=None)

    @contextmanager
    def add(self, viewer: Viewer) -> Iterator[Viewer]:
        """Count `viewer` in for as long as the context lasts."""
        self._viewers[viewer.id] = viewer
        viewer.on_change = self._changes.call
        self._changes.call()
        try:
            yield viewer
        finally:
            self._last_input = self.last_input
            viewer.on_change = _nobody_listens
            del self._viewers[viewer.id]
            self._changes.call()

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` when a viewer comes, goes or changes its codec.

        The result unsubscribes it.
        """
        return self._changes.add(handler)
