"""``/api/app``: what the application is and can do, and what can be asked of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from desktopd import audit
from desktopd.applications.application import Application
from desktopd.applications.errors import (
    ApplicationError,
    CannotOpen,
    CompanionAway,
    CompanionRefusal,
    CompanionSlow,
    IsProgram,
    NoCompanion,
    NotAllowed,
    NotSaved,
    NotThere,
    Occupied,
)
from desktopd.applications.opening import OpenOptions
from desktopd.data_policy import Screenshots
from desktopd.errors import CannotEnd
from desktopd.http.access.access import Access
from desktopd.http.api.application_json import application_json, layer_json
from desktopd.http.api.application_requests import Camera, Dims, LayerChange, MotionMode, Open
from desktopd.http.api.body import read_body
from desktopd.http.api.screenshot import require_screenshots, screenshot_response
from desktopd.http.api.served_session import ServedSession
from desktopd.http.language import language_of_answer
from desktopd.http.problems import Problem, problem_response
from desktopd.http.serving.proxy import client_address
from desktopd.rfb.viewers.viewer import Role

BODY_LIMIT = 16_384
_ASK_FIRST = "ask the user, and send it again without unasked"
_SAVE_FIRST = "try again later, or restart it all the same, and lose that (unsaved=lose)"
_END_IT = "close its window"

Body = TypeVar("Body", bound=BaseModel)


class ApplicationEndpoint:
    """The application that the desktop is for. What it refuses is raised as ApplicationError."""

    def __init__(
        self, session: ServedSession, application: Application, screenshots: Screenshots
    ) -> None:
        self._screenshots = screenshots
        self._session = session
        self._application = application

    async def get(self, request: Request) -> Response:
        """GET ``/api/app``."""
        role = Access.of(request).role
        facts = await self._application.facts(watching=role is Role.VIEW)
        status = self._session.status
        language = language_of_answer(request)
        told = application_json(status, self._application.status, role, language, facts)
        return JSONResponse(told)

    async def layers(self, request: Request) -> Response:
        """GET ``/api/app/layers``: every layer, the lowest first."""
        role = Access.of(request).role
        layers = await self._application.layers(watching=role is Role.VIEW)
        return JSONResponse({"layers": [layer_json(layer, role) for layer in layers]})

    async def change_layer(self, request: Request) -> Response:
        """PATCH ``/api/app/layers/{name}``: the layer as it is then."""
        change = await _body(request, LayerChange)
        params = {"name": request.path_params["name"], "values": _given(change)}
        return JSONResponse(await self._application.ask("layer", params))

    async def open(self, request: Request) -> Response:
        """POST ``/api/app/open``: the layers added or found, where the companion tells."""
        wanted = await _body(request, Open)
        opening, role = self._application.opening, Access.of(request).role
        options = OpenOptions(wanted.plugin, wanted.name, wanted.once, wanted.unasked)
        if wanted.path is not None:
            opened = await opening.path(wanted.path, options)
        else:
            opened = await opening.url(wanted.url or "", options)
        layers = [layer_json(layer, role) for layer in opened.layers]
        return JSONResponse({"by": opened.way, "layers": layers})

    async def camera(self, request: Request) -> Response:
        """GET and PUT ``/api/app/camera``: the camera."""
        return await self._view(request, "camera", Camera)

    async def dims(self, request: Request) -> Response:
        """GET and PUT ``/api/app/dims``: the axes."""
        return await self._view(request, "dims", Dims)

    async def _view(self, request: Request, method: str, kind: type[BaseModel]) -> Response:
        if request.method == "GET":
            return JSONResponse(await self._told(request, method))
        values = _given(await _body(request, kind))
        return JSONResponse(await self._application.ask(method, values))

    async def _told(self, request: Request, method: str) -> Any:
        watching = Access.of(request).role is Role.VIEW
        return await self._application.tell(method, watching=watching)

    async def motion(self, request: Request) -> Response:
        """GET and PUT ``/api/app/motion``: how a scene is drawn that is too slow to move."""
        if request.method == "GET":
            return JSONResponse(await self._told(request, "motion"))
        wanted = await _body(request, MotionMode)
        return JSONResponse(await self._application.set("motion", _given(wanted)))

    async def reset(self, request: Request) -> Response:
        """POST ``/api/app/reset``: the whole data in view, and the camera then."""
        return JSONResponse(await self._application.ask("reset", {}))

    async def screenshot(self, request: Request) -> Response:
        """GET ``/api/app/screenshot``: the canvas as PNG."""
        require_screenshots(self._screenshots, request)
        picture = base64.b64decode(await self._told(request, "screenshot"))
        return screenshot_response(request, picture)

    async def restart(self, request: Request) -> Response:
        """POST ``/api/app/restart``; ``?unsaved=lose`` where not all of it is saved, too."""
        unsaved = request.query_params.get("unsaved")
        if unsaved not in (None, "lose"):
            raise Problem(400, "there is no such wish", "send nothing, or unsaved=lose")
        try:
            await self._application.restart(lose=unsaved == "lose")
        except CannotEnd:
            raise Problem(
                409, "the application runs as another user, who alone may end it", _END_IT
            ) from None
        audit.note(audit.Event.RESTART, address=client_address(request.scope), unsaved=unsaved)
        return Response(status_code=204)


def application_routes(
    session: ServedSession,
    application: Application,
    screenshots: Screenshots,
    captures: Sequence[Middleware],
) -> list[BaseRoute]:
    """What ``/api/app`` serves; `captures` stand before its screenshots."""
    app = ApplicationEndpoint(session, application, screenshots)
    return [
        Route("/api/app", app.get),
        Route("/api/app/layers", app.layers),
        Route("/api/app/layers/{name:path}", app.change_layer, methods=["PATCH"]),
        Route("/api/app/open", app.open, methods=["POST"]),
        Route("/api/app/camera", app.camera, methods=["GET", "PUT"]),
        Route("/api/app/dims", app.dims, methods=["GET", "PUT"]),
        Route("/api/app/motion", app.motion, methods=["GET", "PUT"]),
        Route("/api/app/reset", app.reset, methods=["POST"]),
        Route("/api/app/screenshot", app.screenshot, middleware=captures),
        Route("/api/app/restart", app.restart, methods=["POST"]),
    ]


async def on_application_error(conn: HTTPConnection, error: Exception) -> Response:
    """What the application refused, as a response."""
    assert isinstance(error, ApplicationError)
    return problem_response(conn, _problem(error))


def _problem(error: ApplicationError) -> Problem:
    words = str(error)
    match error:
        case NotAllowed():
            return Problem(403, words, error.remedy)
        case NotThere():
            return Problem(404, words, "correct the path")
        case Occupied():
            return Problem(409, words, _ASK_FIRST)
        case NotSaved():
            return Problem(409, words, _SAVE_FIRST)
        case IsProgram():
            return Problem(428, words, _ASK_FIRST)
        case CannotOpen():
            return Problem(501, words, "set app_open, e.g. 'fiji {path}', or open it there by hand")
        case NoCompanion():
            return Problem(501, words, "only napari has one: start desktopd with app=napari")
        case CompanionAway():
            return Problem(503, words, "try again in a second", {"Retry-After": "1"})
        case CompanionSlow():
            return Problem(504, words, "look at the desktop: what was asked may still happen")
        case CompanionRefusal():
            return _refusal(error)
        case _:
            return Problem(502, words, "see the log of desktopd")


def _refusal(error: CompanionRefusal) -> Problem:
    words = str(error)
    match error.kind:
        case "no_layer":
            return Problem(404, words, "GET api/app/layers tells the names")
        case "occupied":
            return Problem(409, words, _ASK_FIRST)
        case "reader":
            return Problem(422, words, "install a reader plugin of napari, or name one as plugin")
        case "value":
            return Problem(422, words, "send another value")
        case "starting":
            return Problem(503, words, "try again in a second", {"Retry-After": "1"})
        case _:
            return Problem(502, words, "see errors in GET api/app, and application.log")


async def _body(request: Request, kind: type[Body]) -> Body:
    """The body as `kind`; raises Problem."""
    remedy = f"send JSON with some of {', '.join(kind.model_fields)}"
    try:
        return kind.model_validate_json(await read_body(request, BODY_LIMIT))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        words = str(first["msg"]).removeprefix("Value error, ")
        raise Problem(400, f"{where}: {words}" if where else words, remedy) from None


def _given(body: BaseModel) -> Mapping[str, Any]:
    return body.model_dump(exclude_unset=True)
