"""The session: one display and the services on it, from the first start to the last stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from desktopd.geometry import Size
from desktopd.observers import Observers
from desktopd.session import services
from desktopd.session.errors import SessionError, SessionNotReady
from desktopd.session.gpu import confirmed, detect
from desktopd.session.probes.rfb import RfbProbe
from desktopd.session.process import Process, popen
from desktopd.session.runner import Runner
from desktopd.session.service import Service
from desktopd.session.services import SessionOptions
from desktopd.session.state import StateFile
from desktopd.session.status import DisplayStatus, ServiceState, SessionStatus, Stage
from desktopd.session.x_server import OpenDisplay, XServer
from desktopd.x11 import windows
from desktopd.x11.connection import XError
from desktopd.x11.screen import screenshot as capture
from desktopd.x11.windows import Paint

log = logging.getLogger(__name__)


class Session:
    """Runs a desktop: `run` until it is cancelled or gives up, then `stop`.

    A session that finds the processes of an earlier daemon in its folder goes on with them.
    """

    def __init__(self, options: SessionOptions) -> None:
        self._options = options
        self._paint = Paint.NONE
        self._launched: list[Process] = []
        self._stopping = False
        self._gpu, self._gpu_is_settled = detect(options.gpu), False
        self._changes = Observers[[]]()
        self._copies = Observers[[str]]()
        self._state = StateFile(options.folder / "state.json")
        self._display = XServer(
            options.backends,
            options.display_options,
            self._state,
            resized=lambda _: self._changes.call(),
            copied=self._copies.call,
        )
        self._server = self._runner(
            services.display(options, self._display.answers), self._display.launch
        )
        self._rfb_probe = RfbProbe(options.rfb_socket)
        self._window_manager = self._runner(
            services.window_manager(options, self._window_manager_runs)
        )
        self._rfb = self._runner(services.x11vnc(options, self._rfb_probe.answers))
        self._application = self._runner(services.application(options, self._has_painted))

    @property
    def status(self) -> SessionStatus:
        """The session at this moment."""
        server, desktop = self._server.status, self._display.desktop
        return SessionStatus(
            stage=self._stage(),
            services=(
                server,
                self._window_manager.status,
                self._rfb.status if self.rfb_path == "x11vnc" else replace(server, name="rfb"),
                self._application.status,
            ),
            display=None
            if desktop is None
            else DisplayStatus(
                desktop.name, desktop.backend, desktop.screen.size, str(self._options.authority)
            ),
            command=self._options.app,
            gpu=self._gpu,
        )

    def _stage(self) -> Stage:
        application = self._application.status.state
        if self._stopping:
            return Stage.STOPPING
        if ServiceState.FAILED in (application, self._server.status.state):
            return Stage.FAILED
        if not self._server.up.is_set():
            return Stage.DISPLAY
        if self._application.up.is_set() or application is ServiceState.STOPPED:
            return Stage.READY
        if not self._window_manager.up.is_set():
            return Stage.WINDOW_MANAGER
        return Stage.APPLICATION if self._paint is Paint.NONE else Stage.FIRST_FRAME

    @property
    def rfb_path(self) -> str:
        """Which RFB server viewers get: ``x11vnc``, ``xvnc``, or ``native``, which is not ours."""
        return self._options.rfb_path

    @property
    def rfb_target(self) -> Path:
        """The unix socket where the RFB server listens."""
        return self._options.rfb_socket

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` at each change of `status`; returns how to end that."""
        return self._changes.add(handler)

    async def resize(self, size: Size) -> Size:
        """Resize the screen; returns the size that the X server now has. Latest wins."""
        return await self._desktop().screen.resize(size)

    async def screenshot(self) -> bytes:
        """The screen as PNG."""
        return await capture.screenshot(self._desktop().connection)

    async def restart_application(self) -> None:
        """End the application, if it runs, and start it again."""
        await self._application.restart()

    async def launch(self, argv: Sequence[str]) -> None:
        """Start another program on the desktop; raises LaunchError, SessionNotReady."""
        service = Service("launched", tuple(argv), ready=_at_once, uses_gpu=True)
        started = self._spawn(service, self._options.folder / "launched.log")
        self._launched = [*(process for process in self._launched if process.running), started]

    @property
    def clipboard_text(self) -> str:
        """Text of the selection CLIPBOARD, as last seen."""
        desktop = self._display.desktop
        return desktop.clipboard.text if desktop else ""

    async def set_clipboard(self, text: str) -> None:
        """Own the selection CLIPBOARD with `text`; ValueError when it is too long."""
        await self._desktop().clipboard.set(text)

    def on_clipboard(self, handler: Callable[[str], None]) -> Callable[[], None]:
        """Call `handler` with what an application has copied; returns how to end that."""
        return self._copies.add(handler)

    def _desktop(self) -> OpenDisplay:
        if self._display.desktop is None:
            raise SessionNotReady("the display is not running; try again in a second")
        return self._display.desktop

    async def run(self) -> None:
        """Keep everything running. Raises SessionError once the X server cannot be kept alive."""
        tasks: list[asyncio.Task[object]] = [
            asyncio.create_task(self._server.run()),
            asyncio.create_task(self._keep_desktop()),
            asyncio.create_task(self._server.gave_up.wait()),
        ]
        await _first(tasks)
        status = self._server.status
        raise SessionError(f"the X server does not stay alive: {status.error}\n{status.log}")

    async def stop(self) -> None:
        """End every process in reverse order. To be called when `run` is over."""
        self._stopping = True
        self._changes.call()
        await asyncio.gather(self._application.stop(), *(p.stop(1) for p in self._launched))
        await asyncio.gather(self._rfb.stop(), self._window_manager.stop())
        self._rfb_probe.close()
        await self._display.close()
        await self._server.stop()
        self._options.rfb_socket.unlink(missing_ok=True)
        self._state.remove()

    async def _keep_desktop(self) -> None:
        """Whenever there is a display: run what belongs on it."""
        runners = [self._window_manager, self._application]
        if self.rfb_path == "x11vnc":
            runners.append(self._rfb)
        while True:
            await self._server.up.wait()
            tasks: list[asyncio.Task[object]] = [
                asyncio.create_task(self._server.down.wait()),
                *(asyncio.create_task(self._run_in_turn(runner)) for runner in runners),
            ]
            await _first(tasks)
            await self._display.close()
            await asyncio.gather(*(runner.stop(ServiceState.WAITING) for runner in runners))

    async def _run_in_turn(self, runner: Runner) -> None:
        for other in (self._server, self._window_manager):
            if other.service.name in runner.service.after:
                await other.up.wait()
        await runner.run()

    def _runner(
        self, service: Service, launch: Callable[[], Awaitable[Process]] | None = None
    ) -> Runner:
        log_file = self._options.folder / f"{service.name}.log"

        async def spawn() -> Process:
            if service.uses_gpu:
                await self._settle_gpu()
            return self._spawn(service, log_file)

        return Runner(service, launch or spawn, self._state, log_file, self._changes.call)

    def _spawn(self, service: Service, log_file: Path) -> Process:
        environment = {
            **(self._gpu.environment if service.uses_gpu else {}),
            **self._environment(),
            **service.environment,
        }
        child = popen(
            service.argv,
            environment,
            log_file,
            first_oom_victim=service.first_oom_victim,
            umask=service.umask,
        )
        return Process(child.pid, child, keep_children=service.keep_children)

    def _environment(self) -> dict[str, str]:
        """The variables of what runs on the display."""
        return {
            **services.application_environment(),
            **self._options.environment,
            "DISPLAY": self._desktop().name,
            "XAUTHORITY": str(self._options.authority),
        }

    async def _settle_gpu(self) -> None:
        """Try once, on the running display, whether OpenGL takes the GPU."""
        if not self._gpu_is_settled:
            self._gpu = await confirmed(self._gpu, self._environment())
            self._gpu_is_settled = True
            log.info("OpenGL of the application: %s", self._gpu)
            self._changes.call()

    async def _window_manager_runs(self) -> bool:
        try:
            return await windows.window_manager(self._desktop().connection) is not None
        except (XError, SessionNotReady):
            return False

    async def _has_painted(self) -> bool:
        try:
            paint = await windows.paint(self._desktop().connection)
        except (XError, SessionNotReady):
            return False
        if paint is not self._paint:
            self._paint = paint
            self._changes.call()
        return paint is Paint.PAINTED


async def _at_once() -> bool:
    return True


async def _first(tasks: Sequence[asyncio.Task[object]]) -> None:
    """Wait until one of the tasks has ended, and raise what it raised; the others are cancelled."""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
