"""The session: one display and the services on it, from the first start to the last stop.

Tested by tests/x11/test_session.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from desktopd.geometry import Size
from desktopd.lacks import outlast
from desktopd.observers import Observers
from desktopd.session.backends.display_numbers import remove_dead_locks
from desktopd.session.clipboard import SessionClipboard
from desktopd.session.errors import SessionError
from desktopd.session.family import end_family
from desktopd.session.first_size import FirstSize
from desktopd.session.launcher import LAUNCHED, Launcher
from desktopd.session.leftovers import end_unwanted
from desktopd.session.logs import keep_small
from desktopd.session.marks import marks_of
from desktopd.session.options import SessionOptions
from desktopd.session.process import Process
from desktopd.session.runner import Runner
from desktopd.session.service import PartOf, Service
from desktopd.session.services.table import SERVICES
from desktopd.session.silence import Silence
from desktopd.session.state import StateFile
from desktopd.session.status import (
    DisplayStatus,
    ServiceState,
    ServiceStatus,
    SessionStatus,
    Stage,
)
from desktopd.session.x_server import XServer
from desktopd.tasks import NamedTasks, to_completion
from desktopd.x11.screen import screenshot as capture
from desktopd.x11.selections import image_thread
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.negotiation import DropResult


class Session:
    """Runs a desktop: `run` until it is cancelled or gives up, then `stop`.

    A session that finds the processes of an earlier daemon in its folder goes on with them.
    """

    def __init__(self, options: SessionOptions) -> None:
        self._options = options
        self._stopping = False
        self._changes = Observers[[]]()
        # Later there may be none to be had.
        image_thread.begin()
        self.clipboard = SessionClipboard()
        self._dragged_out = Observers[[Content]]()
        self._first_size = FirstSize()
        self._state = StateFile(options.folder / "state.json")
        self._x_server = XServer(
            options.backends,
            options.x_server,
            self._state,
            changed=self._changes.call,
            clipboard=self.clipboard,
            dragged_out=self._dragged_out.call,
            kiosk=options.kiosk,
            is_application=self._is_application,
        )
        self._launcher = Launcher(options, self._x_server, self._changes.call, self._renew_display)
        defined = [define(options, self._x_server, self._changes.call) for define in SERVICES]
        self._services = [service for service in defined if service is not None]
        self._runners = {
            service.name: self._runner(service)
            for service in self._services
            if isinstance(service, Service)
        }
        # The first is the display, the others run on it.
        self._display, *self._on_display = self._runners.values()
        self._silence = Silence(
            lambda: self._runners["application"].status.pid,
            self._is_application,
            lambda: opened.windows if (opened := self._x_server.opened) else None,
            self._changes.call,
        )

    async def _renew_display(self) -> None:
        self._x_server.keep_size()
        await self._display.restart()

    def _is_application(self, pid: int) -> bool:
        """Whether a process is the application's, or one that it has started."""
        return self._runners["application"].owns(pid)

    @property
    def _logs(self) -> Sequence[str]:
        """The names of logs that are written here; the daemon's own is that of `control.start`."""
        return (*self._runners, LAUNCHED, "daemon")

    def _runner(self, service: Service) -> Runner:
        log_file = self._options.folder / f"{service.name}.log"

        async def launch(mark: str) -> Process:
            return await self._launcher.launch(service, mark, log_file)

        new_mark = partial(self._launcher.new_mark, service)
        return Runner(service, launch, self._state, log_file, self._changes.call, new_mark)

    @property
    def status(self) -> SessionStatus:
        """The session at this moment."""
        opened = self._x_server.opened
        return SessionStatus(
            stage=self._stage(),
            services=tuple(self._service_status(service) for service in self._services),
            display=None
            if opened is None
            else DisplayStatus(
                opened.name,
                opened.backend,
                opened.screen.size.size,
                opened.screen.scale,
                str(self._options.authority),
            ),
            windows=() if opened is None else opened.windows.listed,
            command=self._options.app,
            gpu=self._launcher.gpu,
            answers=not self._silence.lasts,
        )

    def _service_status(self, service: Service | PartOf) -> ServiceStatus:
        if isinstance(service, PartOf):
            return replace(self._runners[service.whole].status, name=service.name)
        return self._runners[service.name].status

    def _stage(self) -> Stage:
        """The stage of the service after the last one that is ready.

        What comes before that one may be on its way back: the session does not wait for it.
        """
        states = {runner.status.state for runner in self._runners.values()}
        if self._stopping:
            return Stage.STOPPING
        if ServiceState.FAILED in states:
            return Stage.FAILED
        if not self._display.up.is_set():
            return Stage.DISPLAY
        stage = Stage.READY
        for runner in reversed(self._on_display):
            if runner.service.stage is None:
                continue
            if runner.up.is_set() or runner.status.state is ServiceState.STOPPED:
                return stage
            stage = runner.service.stage()
        return stage

    @property
    def rfb_target(self) -> Path:
        """The unix socket where the RFB server listens."""
        return self._options.rfb_socket

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` at each change of `status`; returns how to end that."""
        return self._changes.add(handler)

    @property
    def scale(self) -> float | None:
        """How large programs draw, 1 for the setting `dpi`; None where others rule that."""
        opened = self._x_server.opened
        return None if opened is None else opened.screen.scale

    async def resize(self, size: Size, scale: float | None = None) -> Size:
        """Resize the screen; returns the size that the X server now has. Latest wins.

        Programs draw at `scale` then, or as before where it is None. What has begun is done, as in
        `to_completion`.
        """
        return await to_completion(self._resize(size, scale))

    async def _resize(self, size: Size, scale: float | None) -> Size:
        opened, before = self._x_server.open_display(), self.scale
        resized = await opened.screen.resize(size, scale)
        self._first_size.know()
        if self.scale != before:
            await opened.windows.nudge()
            self._changes.call()
        return resized

    def expect_viewer(self) -> None:
        """A viewer has come: the application starts on the size that it wants."""
        self._first_size.expect()

    async def activate_window(self, window: int) -> None:
        """Raise a window of `status` and give it the focus; raises NoSuchWindow."""
        await self._x_server.open_display().windows.activate(window)

    async def close_window(self, window: int) -> None:
        """Ask the program of a window of `status` to close it; raises NoSuchWindow."""
        await self._x_server.open_display().windows.close_window(window)

    async def screenshot(self) -> bytes:
        """The screen as PNG."""
        return await capture.screenshot(self._x_server.open_display().connection)

    async def restart_application(self) -> None:
        """End the application, if it runs, and start it again."""
        await self._runners["application"].restart()

    async def launch(self, argv: Sequence[str]) -> None:
        """Start another program on the desktop; raises LaunchError, SessionNotReady."""
        await self._launcher.launch_beside(argv)

    @property
    def clipboard_text(self) -> str:
        """Text of the selection CLIPBOARD, as last seen."""
        return self.clipboard.offer.content.text or ""

    async def set_clipboard(self, text: str) -> None:
        """Own the selection CLIPBOARD with `text`; ValueError when it is too long."""
        await self.clipboard.put(Content(text=text))

    def on_clipboard(self, handler: Callable[[str], None]) -> Callable[[], None]:
        """Call `handler` with each text that an application copies; returns how to end that."""
        return self.clipboard.on_text(handler)

    async def drop(self, x: int, y: int, content: Content) -> DropResult:
        """Drop `content` at a pixel of the screen, as `DragSource.drop`."""
        return await self._x_server.open_display().drags.drop(x, y, content)

    def on_dragged_out(self, handler: Callable[[Content], None]) -> Callable[[], None]:
        """Call `handler` with files and links that a program's drag has left the desktop with."""
        return self._dragged_out.add(handler)

    async def run(self) -> None:
        """Keep everything running. Raises SessionError once the X server cannot be kept alive."""
        await end_unwanted(self._state, self._runners)
        if not self._state.processes:
            # What runs all the same was started while the state could not be written.
            await asyncio.to_thread(end_family, marks_of(self._options.folder))
        display = self._display
        async with NamedTasks(
            {
                "display": display.run(),
                "display gave up": display.gave_up.wait(),
                "services on the display": self._keep_desktop(),
                "logs": keep_small([self._options.folder / f"{name}.log" for name in self._logs]),
                "silence of the application": outlast(self._silence.run),
            }
        ) as tasks:
            await tasks.first()
        status = display.status
        raise SessionError(f"the X server does not stay alive: {status.error}\n{status.log}")

    async def _keep_desktop(self) -> None:
        """Whenever there is a display: run what belongs on it."""
        while True:
            await self._display.up.wait()
            running = {r.service.name: self._run_in_turn(r) for r in self._on_display}
            async with NamedTasks({"no display": self._display.down.wait(), **running}) as tasks:
                await tasks.first()
            await asyncio.gather(*(r.stop(ServiceState.WAITING) for r in self._on_display))

    async def _run_in_turn(self, runner: Runner) -> None:
        for name in runner.service.after:
            await self._runners[name].up.wait()
        if runner.service.on_first_size:
            await self._first_size.wait()
        await runner.run()

    async def stop(self) -> None:
        """End every process, what comes after another one before it, once `run` is over."""
        self._stopping = True
        self._changes.call()
        left = [*self._runners.values()]
        while left:
            needed = {name for runner in left for name in runner.service.after}
            last = [runner for runner in left if runner.service.name not in needed]
            await asyncio.gather(*(runner.stop() for runner in last))
            left = [runner for runner in left if runner not in last]
        remove_dead_locks()
        await self._launcher.stop()
        self._options.rfb_socket.unlink(missing_ok=True)
        self._state.remove()
