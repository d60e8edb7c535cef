"""Who comes in is in the audit log, by whatever it is: once for each sign-in and address."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import HTTPConnection

from desktopd.http.access.access import Access, Means
from desktopd.http.access.sign_ins import AGAIN_SECONDS, REMEMBERED, SignIns
from desktopd.refusals import MOST
from desktopd.rfb.viewers.viewer import Role
from tests.unit.accounts import accounts
from tests.unit.clock import Clock
from tests.unit.http.access.test_oauth import BASE, Lab, desktop
from tests.unit.http.desktop import BEARER, HTML, TOKEN, VIEW_BEARER, VIEW_TOKEN, client, make_app

CONTROL = Access(Role.CONTROL, Means.BEARER)
GUEST = Access(Role.VIEW, Means.COOKIE, link="c0ffee")


@pytest.fixture(autouse=True)
def audited(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "desktopd.audit")


def conn(host: str = "192.0.2.7") -> HTTPConnection:
    return HTTPConnection({"type": "http", "client": (host, 1), "headers": []})


def ways(caplog: pytest.LogCaptureFixture) -> list[tuple[Any, ...]]:
    names = ("address", "role", "by", "link", "name")
    return [tuple(map(line.get, names)) for line in accounts(caplog, "signed in")]


def test_the_first_of_many_requests_is_told(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    told = SignIns(clock)
    for _ in range(3):
        told.came(conn(), CONTROL)
        told.came(conn(), GUEST)
        clock.now += AGAIN_SECONDS - 1
    told.came(conn("192.0.2.8"), CONTROL)
    clock.now += 2
    told.came(conn(), CONTROL)
    assert ways(caplog) == [
        ("192.0.2.7", "control", "bearer", None, None),
        ("192.0.2.7", "view", "cookie", "c0ffee", None),
        ("192.0.2.8", "control", "bearer", None, None),
        ("192.0.2.7", "control", "bearer", None, None),
    ]


def test_each_ticket_is_told_and_its_page_goes_on_by_it(caplog: pytest.LogCaptureFixture) -> None:
    told = SignIns(Clock())
    for until in (43200.25, 43200.5):
        told.came(conn(), Access(Role.VIEW, Means.TICKET, until))
        told.came(conn(), Access(Role.VIEW, Means.BEARER, float(int(until))))
    assert ways(caplog) == [("192.0.2.7", "view", "ticket", None, None)] * 2


def test_who_signs_in_is_told_each_time_and_then_known(caplog: pytest.LogCaptureFixture) -> None:
    told = SignIns(Clock())
    for _ in range(2):
        told.entered(conn(), GUEST)
        told.came(conn(), GUEST)
    assert len(ways(caplog)) == 2


def test_a_guest_of_many_addresses_hides_nobody(caplog: pytest.LogCaptureFixture) -> None:
    told = SignIns(Clock())
    for turn in range(2 * REMEMBERED):
        told.came(conn(f"10.0.{turn >> 8}.{turn & 255}"), GUEST)
    assert len(ways(caplog)) == MOST
    assert "more come in than is told: 256 in 600 s at most" in caplog.messages
    told.came(conn(), CONTROL)
    assert len(ways(caplog)) == MOST + 1


async def test_every_way_in_is_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "index.html").write_text("<!doctype html><html><head></head></html>")
    app = make_app(static=folder)
    async with client(app) as http:
        ticket = (await http.post("/api/tickets", headers=BEARER)).json()["ticket"]
        page = await http.get("/", params={"ticket": ticket}, headers=HTML)
        key = re.search(r'page-key" content="([^"]+)', page.text)
        assert key is not None
        by_key = {"Authorization": f"Bearer {key[1]}", "X-Desktopd": "1"}
        link = (await http.post("/api/links", json={"role": "view"}, headers=by_key)).json()
        guest = {"Authorization": f"Bearer {link['token']}"}
        for headers in (guest, guest, VIEW_BEARER, VIEW_BEARER):
            assert (await http.get("/api/session", headers=headers)).status_code == 200
        await http.get("/", params={"token": TOKEN})
        assert (await http.get("/api/session")).status_code == 200
    who = "192.0.2.7"
    assert ways(caplog) == [
        (who, "control", "bearer", None, None),
        (who, "control", "ticket", None, None),
        (who, "view", "bearer", link["id"], None),
        (who, "view", "bearer", None, None),
        (who, "control", "cookie", None, None),
    ]


async def test_who_is_refused_has_not_come_in(caplog: pytest.LogCaptureFixture) -> None:
    async with client(make_app(), headers={**BEARER, "Origin": "https://other.test"}) as http:
        assert (await http.put("/api/clipboard", content="a")).status_code == 403
    assert ways(caplog) == []
    (refused,) = accounts(caplog, "refused")
    assert refused["role"] == "control"


async def test_whom_the_proxy_names_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async with client(make_app(auth="none")) as http:
        for name in ("ada", "ada", "bob\u202e"):
            await http.get("/api/session", headers={"Remote-User": name.encode()})
    assert [way[1:3] for way in ways(caplog)] == [("control", "open")] * 2
    assert ways(caplog)[0][4] == "ada"


async def test_a_token_of_the_provider_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async with client(desktop(Lab())) as http:
        for _ in range(2):
            headers = {"Authorization": "Bearer token-of-ada"}
            assert (await http.get(f"{BASE}api/session", headers=headers)).status_code == 200
    assert ways(caplog) == [("192.0.2.7", "control", "bearer", None, "ada")]


async def test_who_watches_fills_no_log_by_tickets(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "index.html").write_text("<!doctype html><html><head></head></html>")
    app = make_app(static=folder)

    async def enter(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
        ticket = (await http.post("/api/tickets", headers=headers)).json()["ticket"]
        await http.get("/", params={"ticket": ticket}, headers=HTML)

    async with client(app) as http, client(app, "192.0.2.8") as other:
        for _ in range(MOST + 44):
            await enter(http, VIEW_BEARER)
        by_ticket = [way for way in ways(caplog) if way[2] == "ticket"]
        assert len(by_ticket) == 1 + MOST
        for one, headers in ((other, VIEW_BEARER), (http, BEARER)):
            await enter(one, headers)
    by_ticket = [way[:3] for way in ways(caplog) if way[2] == "ticket"]
    assert by_ticket[1 + MOST :] == [
        ("192.0.2.8", "view", "ticket"),
        ("192.0.2.7", "control", "ticket"),
    ]


async def test_who_watches_fills_no_log_by_entering(caplog: pytest.LogCaptureFixture) -> None:
    app = make_app()
    async with client(app) as http, client(app, "192.0.2.8") as other:
        for _ in range(MOST + 44):
            assert (await http.get("/", params={"token": VIEW_TOKEN})).status_code == 303
        assert len(ways(caplog)) == 1 + MOST
        await other.get("/", params={"token": VIEW_TOKEN})
        await http.get("/", params={"token": TOKEN})
    assert [way[:2] for way in ways(caplog)[1 + MOST :]] == [
        ("192.0.2.8", "view"),
        ("192.0.2.7", "control"),
    ]
