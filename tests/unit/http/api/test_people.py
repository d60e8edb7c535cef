"""The people over HTTP and the events: names, pointers, and control handed over and back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.requests import HTTPConnection
from websockets.asyncio.client import ClientConnection, connect

from desktopd.http.access.access import Access, Means
from desktopd.http.api.people import people_json
from desktopd.http.serving.server import HttpServer
from desktopd.rfb.viewers.control import ControlMode
from desktopd.rfb.viewers.people import People, PersonHands, Visitor
from desktopd.rfb.viewers.viewer import Role
from desktopd.rfb.viewers.viewers import Viewers
from tests.unit.accounts import accounts
from tests.unit.http.desktop import (
    BEARER,
    TOKEN,
    VIEW_TOKEN,
    Desk,
    client,
    make_app,
    opened,
    rest,
    serving,
)

ANA, BEN, EVE = "ana-" * 8, "ben-" * 8, "eve-" * 8
SAME = {"X-Desktopd": "1"}


class Page:
    """A page with its events; `told` is the newest frame of people."""

    def __init__(self, websocket: ClientConnection, http: httpx.AsyncClient) -> None:
        self.websocket, self.http = websocket, http
        self.told: dict[str, Any] = {}
        self.pointers: dict[str, list[int]] = {}
        self.errors: list[str] = []

    async def until(self, probe: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not probe():
                frame = json.loads(await self.websocket.recv())
                if frame["type"] == "people":
                    self.told = frame
                elif frame["type"] == "pointers":
                    self.pointers |= frame["pointers"]
                elif frame["type"] == "error":
                    self.errors.append(frame["error"])

    async def until_told(self, probe: Callable[[dict[str, Any]], object]) -> None:
        await self.until(lambda: self.told and probe(self.told))

    @property
    def id(self) -> str:
        return str(self.told["you"])

    @property
    def me(self) -> dict[str, Any]:
        return next(p for p in self.told["people"] if p["id"] == self.id)

    async def wish(self, what: str, other: Page | None = None) -> httpx.Response:
        body = {"person": other.id} if other else None
        return await self.http.post(f"/api/control/{what}", json=body, headers=SAME)


@asynccontextmanager
async def page(server: HttpServer, key: str, token: str = TOKEN) -> AsyncIterator[Page]:
    address = server.addresses[0].replace("http", "ws") + "/api/events"
    bearer = {"Authorization": f"Bearer {token}"}
    headers = {**bearer, "X-Desktopd-Person": key}
    async with (
        httpx.AsyncClient(base_url=server.addresses[0], headers=headers) as http,
        connect(
            address,
            subprotocols=["events", f"desktopd.person.{key}"],  # type: ignore[list-item]
            additional_headers=bearer,
        ) as websocket,
    ):
        made = Page(websocket, http)
        await made.until_told(lambda told: told["you"])
        yield made


def two(told: dict[str, Any]) -> bool:
    return len(told["people"]) == 2


async def test_names_are_told_and_a_second_tab_is_nobody_else() -> None:
    async with serving(make_app()) as server, page(server, ANA) as ana, page(server, ANA):
        await ana.websocket.send(json.dumps({"type": "name", "name": "<b>Ana</b>\u202e"}))
        await ana.until_told(lambda told: told["people"][0]["name"])
        assert ana.told["people"] == [
            {
                "id": ana.id,
                "name": "<b>Ana</b>",
                "number": 1,
                "via": "page",
                "role": "control",
                "owner": True,
                "colour": 0,
                "control": False,
                "asks": False,
            }
        ]
        keys = ("mode", "acts", "owner", "links", "logout")
        assert [ana.told[key] for key in keys] == ["shared", True, True, True, False]
        assert ANA not in json.dumps(ana.told)


async def test_control_is_handed_over_and_back_and_taken(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    desk, people = Desk(), People(ControlMode.ONE)
    app = make_app(desk, Viewers(people))
    async with serving(app) as server, page(server, ANA) as ana, page(server, BEN) as ben:
        await ana.until_told(two)
        assert (await ana.wish("take")).status_code == 204
        await ben.until_told(lambda told: not told["acts"])
        size = {"width": 800, "height": 600}
        refused = await ben.http.put("/api/display", json=size, headers=SAME)
        assert (refused.status_code, refused.json()["error"]) == (409, "somebody else has control")
        await ben.websocket.send(json.dumps({"type": "clipboard", "text": "no"}))
        await ben.until(lambda: ben.errors == ["somebody else has control"])
        assert (await ben.wish("ask")).status_code == 204
        await ana.until_told(lambda told: any(p["asks"] for p in told["people"]))
        assert (await ana.wish("give", ben)).status_code == 204
        await ben.until_told(lambda told: told["acts"])
        assert ben.me["control"]
        assert (await ben.http.put("/api/display", json=size, headers=SAME)).status_code == 200
        for path in ("/api/windows/7/activate", "/api/app/restart", "/api/drop"):
            assert (await ana.http.post(path, headers=SAME)).status_code == 409
        assert (await ana.wish("take")).status_code == 204
        await ben.until_told(lambda told: not told["acts"])
        unknown = await ana.http.post("/api/control/give", json={"person": "x"}, headers=SAME)
        assert (unknown.status_code, unknown.json()["error"]) == (409, "this person has left")
        shared = {"mode": "shared"}
        assert (await ana.http.put("/api/control", json=shared, headers=SAME)).is_success
        assert (await ana.wish("take")).json()["error"] == "everybody here shares control"
    assert desk.clipboard.text == ""
    reasons = {line["reason"] for line in accounts(caplog, "refused")}
    assert reasons == {"somebody else has control"}, "only what others may is refused"


async def test_what_was_begun_before_control_went_to_somebody_else_is_not_done() -> None:
    desk, people = Desk(), People(ControlMode.ONE)
    async with serving(make_app(desk, Viewers(people))) as server, page(server, ANA) as ana:
        reader, writer = await opened(server)
        head = f"Host: x\r\nAuthorization: Bearer {TOKEN}\r\nX-Desktopd-Person: {BEN}"
        body = "Content-Type: text/plain\r\nContent-Length: 5\r\nExpect: 100-continue"
        writer.write(f"PUT /api/clipboard HTTP/1.1\r\n{head}\r\n{body}\r\n\r\n".encode())
        assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n", "it waits for the body"
        assert (await ana.wish("take")).status_code == 204
        writer.write(b"later")
        answer = await rest(reader)
        assert b"HTTP/1.1 409 " in answer
        assert b"somebody else has control" in answer
        writer.close()
        assert desk.clipboard.offer.content.text is None
        assert (await ana.http.put("/api/clipboard", content="now", headers=SAME)).is_success


async def test_the_owner_chooses_the_mode_and_its_programs_always_act() -> None:
    desk, people = Desk(), People()
    app = make_app(desk, Viewers(people))
    async with serving(app) as server, page(server, ANA) as ana:
        chosen = await ana.http.put("/api/control", json={"mode": "one"}, headers=SAME)
        assert chosen.status_code == 204
        await ana.until_told(lambda told: told["mode"] == "one")
        assert ana.me["control"]
        async with client(app, headers=BEARER) as program:
            answer = await program.put("/api/clipboard", content="x")
            assert answer.status_code == 204
            assert (await program.get("/api/people")).json()["you"] is None
            away = await program.post("/api/control/take")
            assert (away.status_code, away.json()["error"]) == (409, "you are not at this desktop")
        bad = await ana.http.put("/api/control", json={"mode": "two"}, headers=SAME)
        assert bad.status_code == 400
        assert (await ana.wish("steal")).status_code == 404


async def test_a_watcher_is_seen_and_decides_nothing() -> None:
    people = People(ControlMode.ONE)
    app = make_app(viewers=Viewers(people))
    async with serving(app) as server, page(server, EVE, VIEW_TOKEN) as eve:
        assert (eve.told["acts"], eve.told["owner"], eve.told["links"]) == (False, False, False)
        for what in ("ask", "take", "give"):
            assert (await eve.wish(what)).status_code == 403
        choice = await eve.http.put("/api/control", json={"mode": "shared"}, headers=SAME)
        assert choice.status_code == 403
        await eve.websocket.send(json.dumps({"type": "name", "name": "x" * 5000}))
        await eve.until(lambda: "this token may only watch" in eve.errors)
        for n in range(11):
            await eve.websocket.send(json.dumps({"type": "name", "name": f"Eve {n}"}))
        await eve.until(lambda: "too many names" in eve.errors)
        assert next(iter(people)).name == "Eve 9"


async def test_too_many_wishes_are_refused() -> None:
    async with serving(make_app()) as server, page(server, ANA) as ana:
        answers = [(await ana.wish("release")).status_code for _ in range(31)]
        assert answers == [204] * 30 + [429]


async def test_pointers_are_told_to_the_others() -> None:
    people = People()
    app = make_app(viewers=Viewers(people))
    async with serving(app) as server, page(server, ANA) as ana, page(server, BEN) as ben:
        await ana.until_told(two)
        mine = next(person for person in people if person.id == ana.id)
        for x in range(50):
            PersonHands(people, mine).point(x, 7)
        await ben.until(lambda: ben.pointers == {ana.id: [49, 7]})
        assert not ana.pointers


async def test_a_proxy_that_knows_its_users_names_them() -> None:
    people = People()
    app = make_app(viewers=Viewers(people), auth="none", token=None)
    async with serving(app) as server:
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        headers = {"X-Desktopd-Person": ANA, "X-Forwarded-User": "ana@example.org"}
        async with connect(address, additional_headers=headers) as websocket:
            await websocket.recv()
            (ana,) = people
            assert (ana.name, ana.visitor.owner) == ("ana@example.org", True)


@pytest.mark.parametrize("key", ["", "short", "a" * 65, "ü" * 30, "a b" * 10])
async def test_a_key_that_is_none_is_nobody(key: str) -> None:
    people = People()
    app = make_app(viewers=Viewers(people))
    async with client(app, headers={**BEARER, "X-Desktopd-Person": key.encode()}) as http:
        assert (await http.get("/api/people")).json()["you"] is None


async def test_the_list_is_made_once_for_all_after_each_change() -> None:
    """By each for himself it was the work of everybody times everybody."""
    people = People()

    def told(key: str) -> Any:
        headers = [(b"x-desktopd-person", key.encode())]
        scope = {"type": "http", "headers": headers, "auth": Access(Role.CONTROL, Means.BEARER)}
        return people_json(people, HTTPConnection(scope))["people"]

    with (
        people.here(Visitor("a", Role.CONTROL, owner=True)) as ana,
        people.here(Visitor("b", Role.VIEW)),
    ):
        before = told(ANA)
        assert told(BEN) is before
        people.rename(ana, "Ana")
        assert [person["name"] for person in told(BEN)] == ["Ana", ""]
        assert [person["name"] for person in before] == ["", ""]
        with people.deciding() as control:
            control.choose(ana.id, ControlMode.ONE)
            control.take(ana.id)
        assert [person["control"] for person in told(EVE)] == [True, False]
    assert [person["name"] for person in told(ANA)] == ["Ana"], "who has control may come again"


async def test_who_chooses_another_mode_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    async with serving(make_app()) as server, page(server, ANA) as ana, page(server, EVE) as eve:
        await ana.until_told(two)
        for mode in ("shared", "one", "one", "shared"):
            await ana.http.put("/api/control", json={"mode": mode}, headers=SAME)
        person = ana.id
    lines = accounts(caplog, "mode chosen")
    assert [(line["mode"], line["person"], line["address"]) for line in lines] == [
        (mode, person, "127.0.0.1") for mode in ("one", "shared")
    ]
    assert eve.id != person


async def test_who_may_not_act_or_decide_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    async with serving(make_app()) as server, page(server, ANA) as ana:
        link = await ana.http.post("/api/links", json={"role": "control"}, headers=SAME)
        async with page(server, EVE, link.json()["token"]) as eve:
            await eve.until_told(two)
            await ana.http.put("/api/control", json={"mode": "one"}, headers=SAME)
            await eve.http.put("/api/control", json={"mode": "shared"}, headers=SAME)
            await eve.http.put("/api/clipboard", content="x", headers=SAME)
            await eve.websocket.send(json.dumps({"type": "clipboard", "text": "x"}))
            await eve.until(lambda: eve.errors)
    lines = accounts(caplog, "refused")
    paths = ["/api/control", "/api/clipboard", "/api/events"]
    assert [(line["path"], line["link"]) for line in lines] == [
        (path, link.json()["id"]) for path in paths
    ]
