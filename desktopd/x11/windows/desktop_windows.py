"""Follows the windows of a display, keeps the kiosk, and does what a user wants of one.

Tested by tests/x11/test_windows.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from logging import DEBUG, WARNING
from pathlib import Path

from Xlib.protocol import event as core

from desktopd.geometry import Rectangle
from desktopd.x11.connection import Connection, Event, XRequestError, XTimeout
from desktopd.x11.screen.size import ScreenSize
from desktopd.x11.windows import requests
from desktopd.x11.windows.kiosk import UNLISTED, Activate, Kiosk, MoveResize, SetState, Wish
from desktopd.x11.windows.ping import answer_of, send_pings
from desktopd.x11.windows.pings import Pings
from desktopd.x11.windows.popups import keep_inside
from desktopd.x11.windows.window import (
    ClientWindow,
    active_window,
    buttons_are_held,
    follow,
    read_windows,
)
from desktopd.x11.windows.window_manager import supported
from desktopd.x11.xlib_patches import Display

log = logging.getLogger(__name__)

# Seconds between two looks: many properties change together, and a program may undo what is done.
INTERVAL = 0.05
# And after one that failed, which is told once until one succeeds.
PAUSE = 1.0
SKIP_TASKBAR = "_NET_WM_STATE_SKIP_TASKBAR"


@dataclass(frozen=True, slots=True)
class ListedWindow:
    """A window as its user may see it in a list; `main`: it fills the screen of a kiosk."""

    id: int
    title: str
    main: bool
    active: bool


class NoSuchWindow(LookupError):
    """The window has been closed, or never was."""


@dataclass(frozen=True, slots=True)
class _Look:
    windows: list[ClientWindow]
    active: int
    undecorates: bool
    held: bool


class DesktopWindows:
    """The windows on one display. `kiosk` is None where the window manager alone decides.

    `changed` is called when `listed` has become another.
    """

    def __init__(
        self,
        connection: Connection,
        screen: ScreenSize,
        kiosk: Kiosk | None,
        changed: Callable[[], None],
    ) -> None:
        self.listed: tuple[ListedWindow, ...] = ()
        self._connection = connection
        self._screen = screen
        self._kiosk = kiosk
        self._changed = changed
        self._wake = asyncio.Event()
        self._windows: list[ClientWindow] = []
        self._held = False
        self._pings = Pings()
        self._ping: int | None = None

    @classmethod
    async def open(
        cls,
        name: str,
        authority: Path,
        screen: ScreenSize,
        kiosk: Kiosk | None,
        changed: Callable[[], None],
    ) -> DesktopWindows:
        """Follow the windows of display `name` over a connection of its own; raises XError.

        Of its own, since what is told of a window is one choice for all of a connection.
        """
        windows = cls(await Connection.open(name, authority), screen, kiosk, changed)
        windows._connection.subscribe(windows._on_event)
        screen.on_change(lambda _: windows._wake.set())
        try:
            await windows._connection.call(follow)
        except BaseException:
            await windows.close()
            raise
        windows._connection.spawn(windows._keep())
        windows._wake.set()
        return windows

    async def activate(self, window: int) -> None:
        """Raise the window into view and give it the focus; raises NoSuchWindow, XError."""
        self._find(window)
        if self._kiosk is not None:
            self._kiosk.unplace(window)
        await self._connection.call(partial(requests.activate, window=window))
        self._wake.set()

    async def close_window(self, window: int) -> None:
        """Ask the window's program to close it; raises NoSuchWindow, XError."""
        self._find(window)
        await self._connection.call(partial(requests.close, window=window))

    async def nudge(self) -> None:
        """Have all windows drawn anew, those that float at another size and their own again.

        For a scale that has changed; what fills the screen has another size from that.
        """
        look = await self._connection.call(_look)
        main = self._kiosk.main if self._kiosk is not None else None
        for window in look.windows:
            if window.id == main or requests.MAXIMIZED[1] in window.states:
                await self._connection.call(partial(requests.expose, window=window.id))
                continue
            area = window.area
            less = Rectangle(area.x, area.y, area.width, max(1, area.height - 1))
            for one in (less, area):
                await self._connection.call(partial(requests.place, window=window.id, area=one))

    @property
    def programs(self) -> frozenset[int]:
        """The processes of all windows, as far as X can tell."""
        return frozenset(w.pid for w in self._windows if w.pid is not None)

    async def ping(self) -> frozenset[int]:
        """Ask all programs for a sign of life; the processes that owe one since long. XError."""
        asked = [window.id for window in self._windows if window.answers]
        silent = self._pings.next_round(asked)
        self._ping = await self._connection.call(partial(send_pings, windows=asked))
        return frozenset(w.pid for w in self._windows if w.id in silent and w.pid is not None)

    @property
    def is_lost(self) -> bool:
        """Whether the connection has ended, and windows are not followed any more."""
        return self._connection.is_lost

    async def close(self) -> None:
        """Follow no longer; the windows stay as they are."""
        await self._connection.close()

    def _find(self, window: int) -> None:
        if window not in {listed.id for listed in self.listed}:
            raise NoSuchWindow(f"no window {window}")

    def _on_event(self, event: Event) -> None:
        if isinstance(event, core.PropertyNotify) or self._is_move(event):
            self._wake.set()
        elif isinstance(event, core.MapNotify) and event.override:
            self._connection.post(partial(keep_inside, number=event.window.id))
        elif self._ping is not None and (window := answer_of(event, self._ping)):
            self._pings.answered(window)

    def _is_move(self, event: Event) -> bool:
        """Whether a window lies elsewhere, or has another size."""
        if not isinstance(event, core.ConfigureNotify):
            return False
        return event.window.id in {window.id for window in self._windows}

    async def _keep(self) -> None:
        failed = False
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._look()
                failed = False
            except (XRequestError, XTimeout) as failure:
                # Any program may hold the server up (GrabServer), for as long as it likes.
                log.log(
                    DEBUG if failed else WARNING, "the windows are looked at again: %s", failure
                )
                failed = True
                self._wake.set()
            await asyncio.sleep(PAUSE if failed else INTERVAL)

    async def _look(self) -> None:
        look = await self._connection.call(_look)
        self._windows = look.windows
        if self._kiosk is not None:
            await asyncio.to_thread(self._kiosk.ask, look.windows)
            wishes = self._kiosk.look(
                look.windows,
                self._screen.size,
                undecorates=look.undecorates,
                by_hand=look.held or self._held,
                now=asyncio.get_running_loop().time(),
            )
            self._held = look.held
            for wish in wishes:
                await self._connection.call(partial(_fulfil, wish))
            self._screen.need(self._kiosk.needed)
        listed = self._list(look)
        if listed != self.listed:
            self.listed = listed
            self._changed()

    def _list(self, look: _Look) -> tuple[ListedWindow, ...]:
        main = self._kiosk.main if self._kiosk is not None else None
        return tuple(
            ListedWindow(w.id, w.title, main=w.id == main, active=w.id == look.active)
            for w in look.windows
            # One that belongs to another comes with it.
            if w.type not in UNLISTED and not (w.transient and SKIP_TASKBAR in w.states)
        )


def _look(display: Display) -> _Look:
    undecorates = display.get_atom(requests.UNDECORATED) in supported(display)
    held = buttons_are_held(display)
    return _Look(read_windows(display), active_window(display), undecorates, held)


def _fulfil(wish: Wish, display: Display) -> None:
    match wish:
        case SetState(window, names, on):
            requests.set_state(display, window, names, on=on)
        case MoveResize(window, area):
            requests.place(display, window, area)
        case Activate(window):
            requests.activate(display, window)
