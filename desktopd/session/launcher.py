"""The start of a program on the display: with which variables, and with which GPU.

Tested by tests/x11/test_session.py, and gpu with it by tests/x11/test_gpu.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from desktopd.confinement.confinement import Confinement
from desktopd.confinement.landlock import Wall, abi
from desktopd.cores import usable_cores
from desktopd.session.backends.display_numbers import can_make_sockets
from desktopd.session.disks import asked, look_at
from desktopd.session.errors import LaunchError
from desktopd.session.family import end_family
from desktopd.session.gpu import Gpu, confirmed, detect
from desktopd.session.marks import MARK, marks_of, new_mark
from desktopd.session.options import SessionOptions
from desktopd.session.probes.painted import at_once
from desktopd.session.process import Process, popen
from desktopd.session.service import Locked, Service
from desktopd.session.x_server import XServer
from desktopd.tasks import to_completion

STOP_WITHIN = 1.0
LAUNCHED = "launched"
"""The name of the log of programs that are no services."""
# Below the resources of the user and above those of the system (X Toolkit Intrinsics, 2.3).
APP_DEFAULTS = Path(__file__).parent / "app_defaults"

log = logging.getLogger(__name__)


class Launcher:
    """Starts the services that run on a display. `changed` is called when the GPU is known.

    `renew` ends the display, with all that is on it; another one starts by itself.
    """

    def __init__(
        self,
        options: SessionOptions,
        x_server: XServer,
        changed: Callable[[], None],
        renew: Callable[[], Awaitable[None]],
    ) -> None:
        self.gpu: Gpu = detect(options.gpu)
        self._gpu_is_settled = False
        self._beside: list[Process] = []
        self._options = options
        self._x_server = x_server
        self._changed = changed
        self._renew = renew

    def new_mark(self, service: Service) -> str:
        """The mark for one start of `service`."""
        locked = self._confinement_of(service) is not None
        return new_mark(self._options.folder, locked=locked)

    def _confinement_of(self, service: Service) -> Confinement | None:
        """That of what has settings of its own."""
        own_settings = service.locked in (Locked.ANEW, Locked.BESIDE)
        return self._options.confinement if own_settings else None

    async def launch(self, service: Service, mark: str, log_file: Path) -> Process:
        """Start the program of `service`, marked so.

        Raises LaunchError, and DisplayUnavailable without a display.
        """
        if service.uses_gpu:
            await self._settle_gpu()
        confinement = self._confinement_of(service)
        if confinement is not None and service.locked is Locked.ANEW:
            await self._begin(confinement)
        environment = {
            **(self.gpu.environment if service.uses_gpu else {}),
            **self._environment(),
            **service.environment,
            MARK: mark,
        }
        if confinement is not None:
            environment |= confinement.variables(environment)
        child = popen(
            (*service.argv, *service.at_start),
            environment,
            log_file,
            first_oom_victim=service.first_oom_victim,
            umask=service.umask,
            nice=service.nice,
            folder=service.folder,
            wall=await asked(partial(self._look, service, environment), service.name),
        )
        return Process(child.pid, child, keep_children=service.keep_children or service.forks)

    def _look(self, service: Service, environment: Mapping[str, str]) -> Wall | None:
        """The wall of a service, of which all lies on disks that answer. Raises LaunchError."""
        look_at(service.argv, environment, service.folder)
        return wall_of(service, self._options.confinement, environment)

    async def launch_beside(self, argv: Sequence[str]) -> None:
        """Start a program that is no service: nobody starts it again. Raises as `launch` does."""
        folder = self._options.app_folder
        service = Service(
            LAUNCHED,
            tuple(argv),
            ready=at_once,
            first_oom_victim=True,
            uses_gpu=True,
            folder=folder,
            locked=Locked.BESIDE,
        )
        log_file = self._options.folder / f"{LAUNCHED}.log"
        started = await self.launch(service, self.new_mark(service), log_file)
        self._beside = [*(process for process in self._beside if process.running), started]

    async def stop(self) -> None:
        """End the programs that are no services, and whatever else the session's have left."""
        await asyncio.gather(*(process.end(STOP_WITHIN) for process in self._beside))
        await asyncio.to_thread(end_family, marks_of(self._options.folder))
        if self._options.confinement is not None:
            await self._leave(self._options.confinement)

    async def _begin(self, confinement: Confinement) -> None:
        """Have nothing of the application before: no process, no files, nothing on the display.

        An X server keeps what nobody can take back from it as a whole: windows, grabs, what buttons
        and keys do, resources, who may come in. And what has outlived its end holds the cookie.
        """
        if not self._x_server.take():
            # The next X server may need the room.
            await self._leave(confinement)
            await self._renew()
            # We end with the display, and begin once there is another.
            await asyncio.Event().wait()
        await asyncio.to_thread(end_family, marks_of(self._options.folder, locked=True))
        await asked(confinement.look, "application")
        try:
            await to_completion(asyncio.to_thread(confinement.begin))
        except OSError as error:
            raise LaunchError(f"{error.filename}: {error.strerror}; make room there") from None

    async def _leave(self, confinement: Confinement) -> None:
        with contextlib.suppress(OSError):
            await to_completion(asyncio.to_thread(confinement.leave))

    def _environment(self) -> dict[str, str]:
        return {
            **_defaults(),
            **self._options.environment,
            "DISPLAY": self._x_server.open_display().name,
            "XAUTHORITY": str(self._options.authority),
        }

    async def _settle_gpu(self) -> None:
        """Try once, on the running display, whether OpenGL takes the GPU."""
        if not self._gpu_is_settled:
            self.gpu = await confirmed(self.gpu, self._environment())
            self._gpu_is_settled = True
            log.info("OpenGL of the application: %s", self.gpu)
            self._changed()


def wall_of(
    service: Service, confinement: Confinement | None, environment: Mapping[str, str]
) -> Wall | None:
    """Where the kernel has none, and where none is asked for, there is none.

    Raises LaunchError.
    """
    if confinement is None or service.locked is Locked.NOT or not abi():
        return None
    abstract = not can_make_sockets()
    try:
        return confinement.wall(service.argv, environment, abstract_sockets=abstract)
    except (OSError, RuntimeError, ValueError) as error:
        raise LaunchError(f"lockdown: {error}") from None


def _defaults() -> dict[str, str]:
    """Variables that make software rendering and Qt fast, and xterm copy to the clipboard.

    Those that the user has set win.
    """
    return {
        # No core is kept free: the application is nicer than the X server and the encoder.
        "LP_NUM_THREADS": str(usable_cores()),
        # Qt saves up what is to be painted for 5 ms, for a refresh that this display has not.
        "QT_QPA_UPDATE_IDLE_TIME": "0",
        "XAPPLRESDIR": str(APP_DEFAULTS),
    }
