"""What a session tells the outside: plain values, changed only by replacement.

Tested by tests/unit/session/services/test_table.py and tests/unit/http/api/test_session.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktopd.geometry import Size
from desktopd.session.gpu import NO_GPU, Gpu
from desktopd.x11.windows.desktop_windows import ListedWindow


class Stage(StrEnum):
    """How far the session has come, in the order in which a start passes through it."""

    DISPLAY = "display"
    WINDOW_MANAGER = "window_manager"
    APPLICATION = "application"
    FIRST_FRAME = "first_frame"
    READY = "ready"
    FAILED = "failed"
    STOPPING = "stopping"


class ServiceState(StrEnum):
    """Where one service stands."""

    WAITING = "waiting"
    STARTING = "starting"
    RUNNING = "running"
    BACKOFF = "backoff"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service: `error` is how it last ended (None: never), with the last lines of its log.

    `exit_code` is that of the last process, as in `subprocess.Popen.returncode`; None: unknown.
    """

    name: str
    state: ServiceState
    pid: int | None = None
    restarts: int = 0
    error: str | None = None
    log: str = ""
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class DisplayStatus:
    """The running X display: `name` such as ``:7``, `backend` such as ``xdummy``.

    `scale` is how large programs draw, None where others rule that.
    """

    name: str
    backend: str
    size: Size
    scale: float | None
    authority: str


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """The whole session at one moment. `answers`: the application does, as far as can be told."""

    stage: Stage
    services: tuple[ServiceStatus, ...]
    display: DisplayStatus | None
    command: str
    windows: tuple[ListedWindow, ...] = ()
    gpu: Gpu = NO_GPU
    answers: bool = True

    @property
    def application(self) -> ServiceStatus:
        """The application's service."""
        return next(s for s in self.services if s.name == "application")
