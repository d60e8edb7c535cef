"""One-time tickets: what they open, once, and what they do not."""

import asyncio
import logging
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import connect

from desktopd.http.access.access import Access, Means
from desktopd.http.access.page_keys import PageKeys
from desktopd.http.access.tickets import PAGE_SECONDS, TICKET_SECONDS, Grant, Tickets
from desktopd.http.access.tokens import Tokens
from desktopd.rfb.viewers.viewer import Role
from tests.unit.clock import Clock
from tests.unit.http.desktop import (
    BEARER,
    HTML,
    TOKEN,
    VIEW_BEARER,
    VIEW_TOKEN,
    client,
    make_app,
    serving,
    ws_answer,
    ws_status,
)

LMS = "https://lms.example.org"


@pytest.fixture
def app(folder: Path) -> Starlette:
    (folder / "index.html").write_text("<!doctype html><html><head><title>x</title></head></html>")
    (folder / "embed.js").write_text("export {};")
    (folder / "assets").mkdir()
    (folder / "assets" / "index-12345678.js").write_text("1")
    return make_app(static=folder, frame_ancestors=("self", LMS))


async def issue(app: Starlette, headers: dict[str, str] = BEARER, **body: str) -> str:
    async with client(app, headers=headers) as server:
        answer = await server.post("/api/tickets", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["seconds"] == 60
    assert answer.headers["cache-control"] == "no-store"
    return str(answer.json()["ticket"])


def key_in(page: httpx.Response) -> str:
    found = re.search(r'<head><meta name="page-key" content="([\w.]+)">', page.text)
    assert found, page.text
    return found[1]


async def framed(app: Starlette, headers: dict[str, str] = BEARER) -> dict[str, str]:
    """What a page sends that has come by a ticket."""
    async with client(app) as browser:
        page = await browser.get(f"/?ticket={await issue(app, headers)}")
        assert page.status_code == 200
        return {"Authorization": f"Bearer {key_in(page)}"}


def test_a_ticket_is_taken_once_and_in_time() -> None:
    clock = Clock()
    tickets = Tickets(clock=clock)
    first, second = tickets.issue(Role.CONTROL), tickets.issue(Role.VIEW, until=1234.0)
    assert len({first, second}) == 2
    assert tickets.take(first.encode()) == Grant(Role.CONTROL, 1000 + PAGE_SECONDS)
    assert tickets.take(first.encode()) is None
    assert tickets.take(b"guess") is None
    assert tickets.take(second.encode()) == Grant(Role.VIEW, 1234.0)
    late = tickets.issue(Role.CONTROL)
    clock.now += TICKET_SECONDS
    assert tickets.take(late.encode()) is None


def test_a_clock_that_is_set_back_lengthens_no_ticket() -> None:
    clock, steady = Clock(), Clock()
    tickets = Tickets(clock=clock, steady=steady)
    ticket, late = tickets.issue(Role.CONTROL), tickets.issue(Role.CONTROL)
    clock.now -= 86_400
    steady.now += TICKET_SECONDS - 1
    assert tickets.take(ticket.encode()) is not None
    steady.now += 1
    assert tickets.take(late.encode()) is None


def test_a_flood_of_one_role_leaves_the_other_alone() -> None:
    tickets = Tickets(capacity=3)
    control, oldest = tickets.issue(Role.CONTROL), tickets.issue(Role.VIEW)
    for _ in range(3):
        tickets.issue(Role.VIEW)
    assert tickets.take(oldest.encode()) is None
    assert tickets.take(control.encode()) is not None


def test_whoever_has_many_tickets_is_one_and_another_one_than_the_owner() -> None:
    role, means = Role.CONTROL, Means.TICKET
    assert len({Access(role, means, until).who for until in (1.0, 2.0, 3.0)}) == 1
    assert Access(role, means, 1.0).who != Access(role, Means.BEARER).who
    assert Access(role, means, 1.0).who != Access(role, Means.COOKIE, 1.0, "a link").who


def test_a_key_is_good_for_what_it_was_made_for() -> None:
    keys = PageKeys(Tokens(TOKEN, VIEW_TOKEN))
    grant = Grant(Role.VIEW, 2000.0)
    key = keys.make(grant)
    assert keys.read(key.encode()) == grant
    role, until, signature = key.split(".")
    for forged in (
        f"control.{until}.{signature}",
        f"{role}.2001.{signature}",
        f"{role}.{until}.{signature[:-1]}0" if signature[-1] != "0" else f"{role}.{until}.1",
        f"{role}.{until}.",
        f"{key}0",
        f"{key}\n",
        "",
        "\u2603",
        Tokens(TOKEN, VIEW_TOKEN).cookie_value(Role.VIEW),
    ):
        assert keys.read(forged.encode()) is None, forged
    assert PageKeys(Tokens(TOKEN, "another-view-token")).read(key.encode()) is None
    assert PageKeys(Tokens(TOKEN)).read(key.encode()) is None
    assert PageKeys(Tokens("another-token-777", VIEW_TOKEN)).read(key.encode()) == grant


async def test_a_page_is_let_in_without_any_cookie(app: Starlette) -> None:
    async with client(app) as browser:
        page = await browser.get(f"/?ticket={await issue(app)}&open=a.tif", headers=HTML)
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in page.headers, "over http none would be kept in a frame"
        assert (await browser.get("/assets/index-12345678.js")).status_code == 200
        assert (await browser.get("/api/session")).status_code == 401
        headers = {"Authorization": f"Bearer {key_in(page)}"}
        assert (await browser.get("/api/session", headers=headers)).json()["role"] == "control"
        again = await browser.put("/api/clipboard", content="x", headers=headers)
        assert again.status_code == 204


async def test_its_websockets_show_the_key_as_a_subprotocol(app: Starlette) -> None:
    key = (await framed(app))["Authorization"].removeprefix("Bearer ")
    async with serving(app) as server:
        own = server.addresses[0]
        address = own.replace("http", "ws") + "/api/events"
        offered = ["events", f"desktopd.bearer.{key}"]
        answer = await ws_answer(address, subprotocols=offered, origin=own)
        assert answer.status_code == 101
        assert answer.headers["sec-websocket-protocol"] == "events"
        assert await ws_status(address, subprotocols=offered, origin="http://evil.test") == 403
        assert await ws_status(address, subprotocols=offered[:1], origin=own) == 403
        wrong = ["events", f"desktopd.bearer.{key[:-1]}x"]
        assert await ws_status(address, subprotocols=wrong, origin=own) == 403


async def test_over_https_a_page_that_is_reloaded_has_a_cookie(app: Starlette) -> None:
    async with client(app, url="https://desk.test") as browser:
        page = await browser.get(f"/?ticket={await issue(app, VIEW_BEARER)}")
        cookie = page.headers["set-cookie"]
        assert "-frame=" in cookie
        assert "; HttpOnly; Secure; SameSite=None; Partitioned" in cookie
        again = await browser.get("/", follow_redirects=True)
        assert (again.status_code, again.url.query) == (200, b"as=view")
        assert "page-key" not in again.text
        assert (await browser.get("/api/session")).json()["role"] == "view"


async def test_only_a_page_that_others_embed_has_that_cookie(folder: Path) -> None:
    (folder / "index.html").write_text("<head>")
    app = make_app(static=folder)
    async with client(app, url="https://desk.test") as browser:
        page = await browser.get(f"/?ticket={await issue(app)}")
        assert "set-cookie" not in page.headers
        assert key_in(page)


async def test_a_ticket_opens_any_get_once(app: Starlette) -> None:
    ticket = await issue(app)
    async with client(app) as browser:
        assert (await browser.get(f"/api/session?ticket={ticket}")).json()["role"] == "control"
        assert (await browser.get(f"/api/session?ticket={ticket}")).status_code == 401
        page = await browser.get(f"/?ticket={ticket}", headers=HTML)
        assert page.status_code == 401
        assert "the ticket is wrong, too old or used up" in page.text.lower()
        assert "reload the page" in page.text
        assert ticket not in page.text


async def test_a_ticket_changes_nothing(app: Starlette) -> None:
    async with client(app, headers={"X-Desktopd": "1", "Origin": "http://desk.test"}) as browser:
        address = f"/api/clipboard?ticket={await issue(app)}"
        assert (await browser.put(address, content="x")).status_code == 401
    async with serving(app) as server:
        own = server.addresses[0]
        address = f"{own.replace('http', 'ws')}/api/events?ticket={await issue(app)}"
        assert await ws_status(address, origin=own) == 403


async def test_nobody_gets_a_ticket_for_more_than_he_has(app: Starlette) -> None:
    async with client(app, headers=VIEW_BEARER) as watcher:
        refused = await watcher.post("/api/tickets", json={"role": "control"})
        assert (refused.status_code, refused.json()["remedy"]) == (403, "ask for the role view")
    for headers, body, role in (
        (BEARER, {}, "control"),
        (BEARER, {"role": "view"}, "view"),
        (VIEW_BEARER, {}, "view"),
        (VIEW_BEARER, {"role": "view"}, "view"),
    ):
        ticket = await issue(app, headers, **body)
        async with client(app) as browser:
            answer = await browser.get(f"/api/session?ticket={ticket}")
            assert answer.json()["role"] == role


async def test_a_watching_page_stays_one(app: Starlette) -> None:
    headers = await framed(app, VIEW_BEARER)
    async with client(app, headers=headers) as page:
        assert (await page.put("/api/clipboard", content="x")).status_code == 403
        assert (await page.post("/api/tickets", json={"role": "control"})).status_code == 403
    again = await framed(app, headers)
    async with client(app, headers=again) as page:
        assert (await page.get("/api/session")).json()["role"] == "view"


async def test_a_page_cannot_make_its_time_longer(
    app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = await framed(app)
    again = await framed(app, headers)
    until = [h["Authorization"].split(".")[1] for h in (headers, again)]
    assert until[0] == until[1]
    late = float(until[0])
    monkeypatch.setattr("desktopd.http.access.token_authenticator.steady_time", lambda: late)
    async with client(app, headers=headers) as page:
        for _ in range(20):
            answer = await page.get("/api/session")
            assert answer.status_code == 401, "and no guess, for which others would be locked out"
            assert answer.json()["error"] == "this page has been signed in for too long"


async def test_what_a_page_has_open_ends_with_its_sign_in(
    app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.http.access.tickets.PAGE_SECONDS", 3.0)
    async with serving(app) as server:
        async with httpx.AsyncClient(base_url=server.addresses[0]) as browser:
            page = await browser.get(f"/?ticket={await issue(app)}")
        headers = {"Authorization": f"Bearer {key_in(page)}"}
        address = server.addresses[0].replace("http", "ws")
        async with connect(f"{address}/api/events", additional_headers=headers) as websocket:
            async with asyncio.timeout(30):
                await websocket.wait_closed()
            assert (websocket.close_code, websocket.close_reason) == (1008, "sign_in_over")
        assert await ws_status(f"{address}/api/events", additional_headers=headers) == 403


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://desk.test", "X-Desktopd": "1"}])
async def test_a_cookie_gets_no_ticket(app: Starlette, headers: dict[str, str]) -> None:
    async with client(app, headers=headers) as browser:
        assert (await browser.post("/api/tickets")).status_code == 401
        await browser.get(f"/?token={TOKEN}")
        assert (await browser.post("/api/tickets")).status_code == 403


@pytest.mark.parametrize("body", ["[]", "{", '{"role": "root"}', '{"roles": 1}', '{"role": 1}'])
async def test_a_request_that_is_not_understood(app: Starlette, body: str) -> None:
    async with client(app, headers=BEARER) as server:
        answer = await server.post("/api/tickets", content=body)
    assert answer.status_code == 400
    assert '"role": "view"' in answer.json()["remedy"]


async def test_guessing_tickets_is_slowed_down_as_guessing_tokens(app: Starlette) -> None:
    ticket = await issue(app)
    async with client(app) as guesser:
        for _ in range(5):
            assert (await guesser.get("/?ticket=guess", headers=HTML)).status_code == 401
        assert (await guesser.get("/?ticket=guess", headers=HTML)).status_code == 429
        assert (await guesser.get("/?token=guess", headers=HTML)).status_code == 429
        assert (await guesser.get(f"/?ticket={ticket}")).status_code == 200


async def test_a_used_ticket_does_no_harm_to_a_valid_cookie(app: Starlette) -> None:
    async with client(app) as browser:
        await browser.get(f"/?token={TOKEN}")
        for _ in range(20):
            assert (await browser.get("/?ticket=old")).status_code == 200
        assert (await browser.get("/api/session")).status_code == 200


async def test_where_nobody_needs_a_ticket_there_is_none() -> None:
    async with client(make_app(auth="none", token=None, view_token=None)) as anybody:
        answer = await anybody.post("/api/tickets", headers={"X-Desktopd": "1"})
        assert (answer.status_code, answer.json()["remedy"]) == (404, "tickets need auth=token")
        assert (await anybody.get("/api/session?ticket=x")).status_code == 200


async def test_a_ticket_survives_the_way_to_the_slash(folder: Path) -> None:
    (folder / "index.html").write_text("<head>")
    app = make_app(static=folder, base_url="/napari/")
    async with client(app) as server:
        ticket = (await server.post("/napari/api/tickets", headers=BEARER)).json()["ticket"]
        there = await server.get(f"/napari?ticket={ticket}")
        assert (there.status_code, there.headers["location"]) == (303, f"./napari/?ticket={ticket}")
        assert key_in(await server.get(f"/napari/?ticket={ticket}"))


async def test_the_script_for_other_pages_is_for_everybody(app: Starlette) -> None:
    async with client(app) as page:
        script = await page.get("/embed.js", headers={"Origin": LMS})
    assert script.status_code == 200
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["access-control-allow-origin"] == "*"
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_neither_ticket_nor_key_is_logged(
    app: Starlette, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ticket = await issue(app)
    async with serving(app, access_log=True) as server:
        own = server.addresses[0]
        async with httpx.AsyncClient(base_url=own) as browser:
            key = key_in(await browser.get(f"/?ticket={ticket}&open=a"))
            await browser.get(f"/?ticket={ticket}", headers=HTML)
        address = own.replace("http", "ws") + "/api/events"
        offered = ["events", f"desktopd.bearer.{key}"]
        assert await ws_status(address, subprotocols=offered, origin=own) == 101
    lines = [
        r.getMessage() for r in caplog.records if not r.name.startswith(("http", "websockets.c"))
    ]
    assert [line for line in lines if "/?ticket=…&open=a" in line]
    assert not [line for line in lines if ticket in line or key in line]


async def test_a_role_without_a_token_has_no_tickets(app: Starlette) -> None:
    """Its page was an error of the server's."""
    async with client(make_app(view_token=None), headers=BEARER) as server:
        answer = await server.post("/api/tickets", json={"role": "view"})
        assert answer.status_code == 403, answer.text
        assert "view_token" in answer.text
        assert (await server.post("/api/tickets", json={})).status_code == 201
