"""One viewer: who it is, what it may do, and what it has been sent."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import token_hex
from typing import Protocol

from desktopd import audit
from desktopd.refusals import Refusals
from desktopd.rfb.viewers.connection import Ending
from desktopd.rfb.viewers.pixel_path import PixelPath

_FPS_WINDOW = 2.0


class Role(StrEnum):
    """What a viewer may do: use the desktop, or only look at it."""

    CONTROL = "control"
    VIEW = "view"


class Hands(Protocol):
    """What counts of a viewer's input where several people are at one desktop."""

    def may_act(self) -> bool:
        """Whether it reaches the desktop, as long as nothing is pressed."""

    def use(self) -> bool:
        """Whether what is pressed reaches the desktop."""

    def point(self, x: int, y: int) -> None:
        """The viewer's pointer is at this pixel."""


def nobody_listens() -> None:
    """For a viewer that is in no registry."""


@dataclass(slots=True, eq=False, kw_only=True)
class Viewer:
    """One connected viewer, kept up to date by its server; times are monotonic, in seconds."""

    role: Role
    address: str
    path: PixelPath
    link: str | None = None
    """The id of the owner's link by which it came, if it did."""
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    on_change: Callable[[], None] = field(default=nobody_listens, repr=False)
    on_withdrawn: Callable[[], None] = field(default=nobody_listens, repr=False)
    hands: Hands | None = field(default=None, init=False, repr=False)
    """None for a viewer of which the role alone counts."""
    refusals: Refusals = field(default_factory=Refusals, init=False, repr=False)
    """Which of its refusals are new: those of its registry, where it is in one."""
    watchers: asyncio.Lock | None = field(default=None, init=False, repr=False)
    """By which it rests as one of those who may only watch; see WorkShare."""
    id: str = field(default_factory=lambda: token_hex(4))
    codec: str | None = field(default=None, init=False)
    exact: bool | None = field(default=None, init=False)
    connected: float = field(init=False)
    last_input: float | None = field(default=None, init=False)
    bytes_sent: int = field(default=0, init=False)
    ending: Ending | None = field(default=None, init=False, repr=False)
    """How its connection has ended, once whoever served it knows."""
    _drawn: deque[float] = field(init=False, repr=False)
    _pushed: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        self.connected = self.clock()
        self._drawn = deque(maxlen=256)

    def may_act(self, *, press: bool = False) -> bool:
        """Whether its input reaches the desktop; `press`: a key or button goes down."""
        if self.role is not Role.CONTROL:
            return False
        hands = self.hands
        return hands is None or (hands.use() if press else hands.may_act())

    def refused(self, reason: str) -> None:
        """What its user wants may not be, for a `reason` that is noted the first time."""
        if not self.refusals.is_new(self.address, (self.id, reason), (self.role, self.link)):
            return
        audit.note(
            audit.Event.REFUSED,
            viewer=self.id,
            address=self.address,
            role=self.role,
            link=self.link,
            reason=reason,
        )

    def points(self, x: int, y: int) -> None:
        """Its user points at this pixel, whether that reaches the desktop or not."""
        if self.hands is not None:
            self.hands.point(x, y)

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
        """It has drawn an update, or gets one from a server that waits until it has drawn it."""
        self._drawn.append(self.clock())

    def continuous_updates(self, enabled: bool) -> None:
        """The server pushes updates to it unasked, which tell nothing of it, or no longer."""
        self._pushed = enabled

    @property
    def fps(self) -> float | None:
        """Updates drawn a second over the last 2 s; at most 128.

        None where nobody knows: before the first, and while updates are pushed.
        """
        if self._pushed or not self._drawn:
            return None
        since = self.clock() - _FPS_WINDOW
        return sum(at > since for at in self._drawn) / _FPS_WINDOW
