"""``/api/people`` and ``/api/control``: who is at the desktop, and who of them may act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from desktopd import audit
from desktopd.http.access.access import Access
from desktopd.http.access.visitor import visitor_of
from desktopd.http.api.body import read_body
from desktopd.http.problems import Problem, Refusal
from desktopd.http.serving.proxy import client_address
from desktopd.rate_limit import RateLimit
from desktopd.rfb.viewers.control import Control, ControlImpossible, ControlMode, ControlRefused
from desktopd.rfb.viewers.people import People, Person

BODY_LIMIT = 4096
# Of one person: each of them is told to everybody else.
_WISHES, _WISHES_SECONDS = 30, 10.0

_lists: WeakKeyDictionary[People, tuple[int, list[dict[str, Any]]]] = WeakKeyDictionary()


class _Mode(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Literal["shared", "one"]


class _Wish(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    person: str = ""


_Act = Callable[[Control, str, str], None]
_ACTS: dict[str, _Act] = {
    "ask": lambda control, me, _: control.ask(me),
    "withdraw": lambda control, me, _: control.withdraw(me),
    "take": lambda control, me, _: control.take(me),
    "release": lambda control, me, _: control.release(me),
    "give": lambda control, me, other: control.give(me, other),
    "decline": lambda control, me, other: control.decline(me, other),
}
_OF_ANOTHER = frozenset({"give", "decline"})


class PeopleEndpoint:
    """The people at one desktop."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._limits: WeakKeyDictionary[Person, RateLimit] = WeakKeyDictionary()

    async def get(self, request: Request) -> Response:
        """Everybody who is here."""
        return JSONResponse(people_json(self._people, request))

    async def put(self, request: Request) -> Response:
        """Choose the mode; for owners. Raises Problem."""
        body = await read_body(request, BODY_LIMIT)
        try:
            mode = ControlMode(_Mode.model_validate_json(body).mode)
        except ValidationError:
            remedy = 'send {"mode": "shared"} or {"mode": "one"}'
            raise Problem(400, "the request is not understood", remedy) from None
        me = self._me(request)
        before = self._people.control.mode
        with _refusals(), self._people.deciding() as control:
            control.choose(me.id, mode)
        if mode is not before:
            audit.note(
                audit.Event.MODE,
                address=client_address(request.scope),
                mode=mode,
                person=me.id,
                name=me.name or None,
            )
        return Response(status_code=204)

    async def act(self, request: Request) -> Response:
        """Ask for control, give it, and what else there is. Raises Problem."""
        what = request.path_params["what"]
        if what not in _ACTS:
            raise Problem(404, "there is no such wish", f"use one of {', '.join(_ACTS)}")
        body = await read_body(request, BODY_LIMIT)
        try:
            wish = _Wish.model_validate_json(body or b"{}")
        except ValidationError:
            remedy = 'send nothing, or {"person": "…"} with an id of api/people'
            raise Problem(400, "the request is not understood", remedy) from None
        me = self._me(request)
        with _refusals():
            other = self._people.named(wish.person).id if what in _OF_ANOTHER else ""
            with self._people.deciding() as control:
                _ACTS[what](control, me.id, other)
        return Response(status_code=204)

    def _me(self, request: Request) -> Person:
        """Whose request it is; Problem 409 for who is not here, 429 for who asks too often."""
        visitor = visitor_of(request)
        person = None if visitor is None else self._people.find(visitor.key)
        if person is None:
            raise Problem(
                409, "you are not at this desktop", "connect to api/events or websockify first"
            )
        limit = self._limits.setdefault(person, RateLimit(_WISHES, _WISHES_SECONDS))
        if not limit.take():
            raise Problem(429, "too many requests", "wait some seconds", {"Retry-After": "10"})
        return person


@contextmanager
def _refusals() -> Iterator[None]:
    """Tell what is refused as Refusal 409, and what cannot be as Problem 409."""
    try:
        yield
    except ControlImpossible as error:
        raise Problem(409, str(error), error.remedy) from None
    except ControlRefused as error:
        raise Refusal(409, str(error), error.remedy) from None


def people_json(people: People, conn: HTTPConnection) -> dict[str, Any]:
    """Everybody who is here, as told to who asks."""
    control, visitor = people.control, visitor_of(conn)
    me = None if visitor is None else people.find(visitor.key)
    return {
        "mode": control.mode,
        "you": me.id if me else None,
        "acts": control.may_act(me.id) if me else False,
        "owner": Access.of(conn).owner,
        "people": _listed(people),
    }


def _listed(people: People) -> list[dict[str, Any]]:
    """Everybody, as told to everybody: one list for all until the next change."""
    revision, listed = _lists.get(people, (-1, []))
    if revision != people.revision:
        listed = [_person(person, people.control) for person in people]
        _lists[people] = people.revision, listed
    return listed


def _person(person: Person, control: Control) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "number": person.number,
        "via": person.visitor.via,
        "role": person.visitor.role,
        "owner": person.visitor.owner,
        "colour": person.colour,
        "control": control.holder == person.id,
        "asks": person.id in control.asking,
    }


def people_routes(people: People) -> list[BaseRoute]:
    """What ``/api/people`` and ``/api/control`` serve."""
    endpoint = PeopleEndpoint(people)
    return [
        Route("/api/people", endpoint.get),
        Route("/api/control", endpoint.put, methods=["PUT"]),
        Route("/api/control/{what}", endpoint.act, methods=["POST"]),
    ]
