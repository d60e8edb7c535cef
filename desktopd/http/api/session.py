"""GET ``/api/session``: the session as JSON, which the events tell too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from desktopd.applications.application import Application
from desktopd.http.access.access import Access
from desktopd.http.api.allowed_json import allowed_json
from desktopd.http.api.application_json import crash_json
from desktopd.http.api.served_session import ServedSession
from desktopd.http.api.windows import windows_json
from desktopd.http.language import Language, language_of_answer
from desktopd.http.options import HttpOptions
from desktopd.http.problems import told
from desktopd.http.translations import each_translated
from desktopd.rfb.rfb_server import RfbServer
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.session.status import DisplayStatus, ServiceState, ServiceStatus, SessionStatus, Stage
from desktopd.shell_command import program_name

_TELLING = (ServiceState.STARTING, ServiceState.FAILED, ServiceState.BACKOFF)
"""States in which the log says what is being done, or why it failed."""


class SessionEndpoint:
    """The session, who shows it, and who watches."""

    def __init__(
        self,
        session: ServedSession,
        application: Application,
        server: RfbServer,
        viewers: Viewers,
        options: HttpOptions,
    ) -> None:
        self._session = session
        self._application = application
        self._server = server
        self._viewers = viewers
        self._options = options

    async def get(self, request: Request) -> Response:
        """What `describe` tells of the request."""
        return JSONResponse(self.describe(request))

    def describe(self, conn: HTTPConnection) -> dict[str, Any]:
        """The session as the role of `conn` may see it.

        Logs, the application's arguments and the cookie file's path are for control.
        """
        status, role = self._session.status, Access.of(conn).role
        language = language_of_answer(conn)
        return {
            "stage": status.stage,
            "message": _for_role(message(status), role),
            "role": role,
            "version": self._options.version,
            "banner": self._options.banner,
            "obstacles": self._told_obstacles(conn),
            "landlock": self._options.landlock if Access.of(conn).owner else None,
            "ends_in": self._ends_in(),
            "allowed": self._allowed(role),
            "services": [_service(service, role, language) for service in status.services],
            "display": None if status.display is None else _display(status.display, role),
            "windows": windows_json(status.windows),
            "rfb": {"path": self._server.path, "baseline": self._server.baseline},
            "viewers": [_viewer(viewer) for viewer in self._viewers],
            "app": {
                **_application(status, role, language),
                **crash_json(self._application.status, role, language, words=False),
            },
            "gpu": {
                "renderer": status.gpu.renderer,
                "name": status.gpu.name,
                "reason": each_translated(status.gpu.reason, language),
            },
        }

    def _ends_in(self) -> int | None:
        """Seconds until the machine is taken away, in whole minutes: no news each second."""
        if self._options.ends_at is None:
            return None
        left = (self._options.ends_at - datetime.now(UTC)).total_seconds()
        return max(0, round(left / 60) * 60)

    def _allowed(self, role: Role) -> dict[str, bool]:
        options = self._options
        rules = options.files.rules if options.files else None
        return allowed_json(options.copies, options.screenshots, rules, role)

    def _told_obstacles(self, conn: HTTPConnection) -> list[dict[str, str]]:
        if Access.of(conn).role is not Role.CONTROL:
            return []
        return [told(found.error, found.remedy, conn) for found in self._options.obstacles]


def message(status: SessionStatus, *, reason: bool = True) -> str:
    """What the session is doing, for its user; `reason`: with why it failed."""
    name = program_name(status.command)
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
            told = failed.error if reason else None
            return f"{subject} failed: {told}" if told else f"{subject} failed"


def _service(service: ServiceStatus, role: Role, language: Language) -> dict[str, Any]:
    return {
        "name": service.name,
        "state": service.state,
        "pid": service.pid,
        "restarts": service.restarts,
        "error": service.error and _error(service.error, role, language),
    }


def _error(error: str, role: Role, language: Language) -> str:
    """How a service ended; what it said itself stays as it is."""
    return each_translated(_for_role(error, role), language, "\n")


def _for_role(words: str, role: Role) -> str:
    """What of an error is for `role`: what follows the first line comes from a log."""
    return words if role is Role.CONTROL else words.partition("\n")[0]


def _display(display: DisplayStatus, role: Role) -> dict[str, Any]:
    return {
        "name": display.name,
        "backend": display.backend,
        "width": display.size.width,
        "height": display.size.height,
        "scale": display.scale,
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


def _application(status: SessionStatus, role: Role, language: Language) -> dict[str, Any]:
    application = status.application
    control = role is Role.CONTROL
    return {
        "name": program_name(status.command),
        "command": status.command if control else program_name(status.command),
        "state": application.state,
        "restarts": application.restarts,
        "error": application.error and _error(application.error, role, language),
        "answers": status.answers,
        "log": application.log if control and application.state in _TELLING else "",
    }
