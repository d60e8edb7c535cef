"""What the HTTP room needs of a session, and the session as JSON."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from desktopd.applications.application import Application
from desktopd.geometry import Size
from desktopd.http.api.application_json import crash_json
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer, Viewers
from desktopd.session.status import DisplayStatus, ServiceState, ServiceStatus, SessionStatus, Stage

_TROUBLE = (ServiceState.FAILED, ServiceState.BACKOFF)


class ServedSession(Protocol):
    """The part of `desktopd.session.session.Session` that is served here."""

    @property
    def status(self) -> SessionStatus:
        """The session at this moment."""

    @property
    def rfb_target(self) -> Path:
        """The unix socket of the RFB server."""

    @property
    def rfb_path(self) -> str:
        """Which RFB server that is: a value of `desktopd.rfb.protocol.encodings.PixelPath`."""

    @property
    def clipboard_text(self) -> str:
        """Text of the selection CLIPBOARD, as last seen."""

    async def resize(self, size: Size) -> Size:
        """Resize the screen; the size that it now has."""

    async def screenshot(self) -> bytes:
        """The screen as PNG."""

    async def restart_application(self) -> None:
        """End the application and start it again."""

    async def set_clipboard(self, text: str) -> None:
        """Own CLIPBOARD with `text`; ValueError when it is too long."""

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` at each change of `status`; returns how to end that."""

    def on_clipboard(self, handler: Callable[[str], None]) -> Callable[[], None]:
        """Call `handler` with what an application has copied; returns how to end that."""


def session_json(
    session: ServedSession, application: Application, viewers: Viewers, version: str, role: Role
) -> dict[str, Any]:
    """The session as `role` may see it: logs and the cookie file's path are for control only."""
    status = session.status
    return {
        "stage": status.stage,
        "message": message(status),
        "role": role,
        "version": version,
        "services": [_service(service, role) for service in status.services],
        "display": None if status.display is None else _display(status.display, role),
        "rfb": {
            "path": session.rfb_path,
            # Whether a viewer may ask for the baseline profile of H.264.
            "baseline": session.rfb_path == PixelPath.NATIVE,
        },
        "viewers": [_viewer(viewer) for viewer in viewers],
        "app": {**_application(status, role), **crash_json(application.status, role)},
        "gpu": {
            "renderer": status.gpu.renderer,
            "name": status.gpu.name,
            "reason": status.gpu.reason,
        },
    }


def message(status: SessionStatus) -> str:
    """What the session is doing, for its user."""
    name = _program(status.command)
    match status.stage:
        case Stage.DISPLAY:
            return "starting the display"
        case Stage.WINDOW_MANAGER:
            return "starting the window manager"
        case Stage.APPLICATION:
            return f"starting {name}"
        case Stage.FIRST_FRAME:
            return f"waiting for the first picture of {name}"
        case Stage.READY:
            return f"{name} is ready"
        case Stage.STOPPING:
            return "stopping"
        case Stage.FAILED:
            failed = next((s for s in status.services if s.state is ServiceState.FAILED), None)
            if failed is None:
                return "the desktop failed"
            subject = name if failed.name == "application" else failed.name.replace("_", " ")
            return f"{subject} failed: {failed.error}" if failed.error else f"{subject} failed"


def _program(command: str) -> str:
    try:
        return Path(shlex.split(command)[0]).name
    except (ValueError, IndexError):
        return command


def _service(service: ServiceStatus, role: Role) -> dict[str, Any]:
    error = service.error
    if error and role is not Role.CONTROL:
        # What follows the first line comes from a log.
        error = error.splitlines()[0]
    return {
        "name": service.name,
        "state": service.state,
        "pid": service.pid,
        "restarts": service.restarts,
        "error": error,
    }


def _display(display: DisplayStatus, role: Role) -> dict[str, Any]:
    return {
        "name": display.name,
        "backend": display.backend,
        "width": display.size.width,
        "height": display.size.height,
        "xauthority": display.authority if role is Role.CONTROL else None,
    }


def _viewer(viewer: Viewer) -> dict[str, Any]:
    return {
        "id": viewer.id,
        "role": viewer.role,
        "path": viewer.path,
        "codec": viewer.codec,
        # Whether the picture is lossless at this moment; only the native server can tell.
        "exact": viewer.exact,
        "fps": viewer.fps,
    }


def _application(status: SessionStatus, role: Role) -> dict[str, Any]:
    application = status.application
    shown = role is Role.CONTROL and application.state in _TROUBLE
    return {
        "command": status.command,
        "state": application.state,
        "restarts": application.restarts,
        "error": application.error,
        "log": application.log if shown else "",
    }
