"""The display of a session: its X server, and the daemon's own connection to it.

Tested by tests/x11/test_session.py.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event

from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.lacks import is_lack, is_lack_of_start
from desktopd.session.backends.backend import Backend
from desktopd.session.backends.options import XServerOptions
from desktopd.session.backends.start import start
from desktopd.session.clipboard import SessionClipboard
from desktopd.session.disks import asked
from desktopd.session.errors import LaunchError
from desktopd.session.marks import MARK
from desktopd.session.process import Process
from desktopd.session.state import StateFile
from desktopd.tasks import to_completion
from desktopd.x11.connection import Connection
from desktopd.x11.errors import XError, XTimeout
from desktopd.x11.screen.scaled_screen import ScaledScreen
from desktopd.x11.screen.size import ScreenSize
from desktopd.x11.selections.clipboard import Clipboard
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.drag_source import DragSource
from desktopd.x11.selections.edge_target import EdgeTarget
from desktopd.x11.windows.desktop_windows import DesktopWindows
from desktopd.x11.windows.kiosk import Kiosk
from desktopd.x11.windows.ping import answered

PATIENCE = 1.5
"""Seconds for an answer; two of these are less than what a probe may take."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenDisplay:
    """An open display: `name` such as ``:7``, `backend` such as ``xdummy``."""

    name: str
    backend: str
    connection: Connection
    screen: ScaledScreen
    drags: DragSource
    windows: DesktopWindows

    @property
    def is_lost(self) -> bool:
        """Whether a connection of these has ended."""
        return self.connection.is_lost or self.windows.is_lost


class XServer:
    """Starts the X server, or takes over a running one, and keeps a connection to it.

    `backends` are tried in this order. `changed` is called when the screen has another size, or
    there are other windows, `dragged_out` with what a program's drag has left the desktop with, and
    `clipboard` follows that of the X server. `kiosk`: one window is to fill the screen, if there is
    one of the application; `is_application` tells whether a process is that, or was started by it.
    """

    def __init__(
        self,
        backends: tuple[Backend, ...],
        options: XServerOptions,
        state: StateFile,
        changed: Callable[[], None],
        clipboard: SessionClipboard,
        dragged_out: Callable[[Content], None],
        *,
        kiosk: bool,
        is_application: Callable[[int], bool],
    ) -> None:
        self.opened: OpenDisplay | None = None
        self._first: tuple[Size, float | None] = options.size, None
        self._backends = backends
        self._options = options
        self._state = state
        self._changed = changed
        self._clipboard = clipboard
        self._dragged_out = dragged_out
        self._kiosk = kiosk
        self.is_application = is_application
        self._fresh = False
        self._is_taken = True
        self._reopening: asyncio.Task[None] | None = None
        self._is_held_up = False

    def take(self) -> bool:
        """Whether no application has been there on this X server; from now on one has."""
        was_taken, self._is_taken = self._is_taken, True
        return not was_taken

    def keep_size(self) -> None:
        """Have the next X server begin with the size and the scale of this one."""
        if self.opened is not None:
            self._first = self.opened.screen.size.size, self.opened.screen.scale

    def open_display(self) -> OpenDisplay:
        """The display that is open; raises DisplayUnavailable while none is."""
        if self.opened is None:
            raise DisplayUnavailable("the display is not running")
        return self.opened

    async def launch(self, mark: str) -> Process:
        """Start the X server, marked so; raises LaunchError when no backend can be started."""
        if (confinement := self._options.confinement) is not None:
            # Its wall is made in the thread that starts it, which has to end.
            await asked(confinement.look, "display")
        given_up = Event()
        starting = asyncio.to_thread(self._start, mark, given_up)
        child = await to_completion(starting, given_up.set)
        self._fresh = True
        self._is_taken = False
        return Process(child.pid, child)

    async def answers(self) -> bool:
        """Probe: ask for a round trip, by a new connection where there is none or it has ended.

        Any program may end one of ours (KillClient), and the X server has nothing of it. Raises
        what this process lacks to ask (`lacks.is_lack`).
        """
        try:
            before = self.opened
            if self._reopening is not None or (before is not None and before.is_lost):
                await self._reopened()
            elif before is None:
                await self._open()
            else:
                await self._ping(before)
        except XError as error:
            if is_lack(error):
                raise
            log.debug("display: %s", error)
            # Lost since it was looked at: made anew, and asked, at once.
            return self.opened is not None and self.opened.is_lost and await self.answers()
        except Exception as error:
            if is_lack(error):
                raise
            # Whatever programs have left there, the next one has none of it.
            log.exception("display: what this X server holds is not understood")
            return False
        return self.opened is not None

    async def _reopened(self) -> None:
        """Wait for a new connection, which goes on being made when a probe has no more time."""
        if self._reopening is None:
            self._reopening = asyncio.create_task(self._reopen())
        try:
            await asyncio.shield(self._reopening)
        finally:
            if self._reopening is not None and self._reopening.done():
                self._reopening = None

    async def _reopen(self) -> None:
        await self._give_up()
        await self._open()
        log.warning("display: a connection of ours was ended, and has been made anew")

    async def _ping(self, opened: OpenDisplay) -> None:
        """Make a round trip, over a new connection where ours is held up; raises XError."""
        try:
            await opened.connection.ping(timeout=PATIENCE)
            self._is_held_up = False
        except XTimeout:
            authority = self._options.authority
            another = await Connection.open(opened.name, authority, timeout=PATIENCE)
            await another.close()
            if not self._is_held_up:
                self._is_held_up = True
                log.warning("display: it answers, but not the connection that we have")

    async def close(self) -> None:
        """Give up the connection; the X server stays."""
        reopening, self._reopening = self._reopening, None
        if reopening is not None:
            reopening.cancel()
            await asyncio.wait({reopening})
        await self._give_up()

    async def _give_up(self) -> None:
        opened, self.opened = self.opened, None
        self._clipboard.follow(None)
        if opened is not None:
            try:
                await opened.windows.close()
            finally:
                await opened.connection.close()

    def _start(self, mark: str, given_up: Event) -> subprocess.Popen[bytes]:
        environment = {**self._options.environment, MARK: mark}
        options = replace(self._options, given_up=given_up, environment=environment)
        *preferred, last = self._backends
        for backend in preferred:
            try:
                return self._start_one(backend, options)
            except LaunchError as error:
                if is_lack_of_start(error) or given_up.is_set():
                    raise
                log.warning("display: falling back on %s, because %s", last.name, error)
        return self._start_one(last, options)

    def _start_one(self, backend: Backend, options: XServerOptions) -> subprocess.Popen[bytes]:
        try:
            name, child = start(backend, options)
        except OSError as error:
            raise LaunchError(f"{backend.name}: {error}") from error
        log.info("display %s is %s", name, backend.name)
        self._state.display_started(name, backend.name)
        return child

    async def _open(self) -> None:
        name, backend = self._state.display, self._state.backend
        if name is None or backend is None:
            return
        options = self._options
        connection = await Connection.open(name, options.authority)
        try:
            size = await ScreenSize.open(connection, options.largest, dpi=options.dpi)
            screen = await ScaledScreen.open(
                connection, size, options.dpi, lambda: answered(name, options.authority)
            )
            copied = self._clipboard
            clipboard = await Clipboard.open(
                connection, serials=copied.serials, before=copied.offer
            )
            drags = await DragSource.open(connection)
            edges = await EdgeTarget.open(connection)
            if self._fresh:
                await screen.resize(*self._first)
                self._fresh, self._first = False, (options.size, None)
            kiosk = Kiosk(self.is_application) if self._kiosk else None
            windows = await DesktopWindows.open(name, options.authority, size, kiosk, self._changed)
        except BaseException:
            await connection.close()
            raise
        size.on_change(lambda _: self._changed())
        edges.on_drop(self._dragged_out)
        self._clipboard.follow(clipboard)
        self.opened = OpenDisplay(name, backend, connection, screen, drags, windows)
