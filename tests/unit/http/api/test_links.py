"""The owner's links over HTTP: made, used, revoked with all that is open by them."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from desktopd.http.access.access import Access, Means
from desktopd.http.access.departures import Departures
from desktopd.http.access.links import Links
from desktopd.http.access.page_keys import PageKeys
from desktopd.http.access.steady_time import steady_time
from desktopd.http.access.tickets import Grant
from desktopd.http.access.tokens import Tokens
from desktopd.rfb.viewers.connection import Cause
from desktopd.rfb.viewers.viewer import Role
from tests.unit.clock import Clock
from tests.unit.http.api.shared import Shared
from tests.unit.http.desktop import (
    BEARER,
    HTML,
    TOKEN,
    VIEW_BEARER,
    VIEW_TOKEN,
    client,
    make_app,
    opened,
    rest,
    serving,
    ws_status,
)


async def make(owner: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    answer = await owner.post("/api/links", json=wanted, headers=BEARER)
    assert answer.status_code == 201
    return dict(answer.json())


async def test_a_link_becomes_a_cookie_of_its_role() -> None:
    async with client(make_app()) as http:
        link = await make(http, role="view", name=" the\nclass ")
        assert (link["name"], link["role"], link["until"]) == ("the class", "view", None)
        entered = await http.get(link["href"].removeprefix("."), headers=HTML)
        assert (entered.status_code, entered.headers["location"]) == (303, f"./?as={link['id']}")
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert (await http.get("/api/session")).json()["role"] == "view"
        watching = await http.post("/api/app/restart", headers={"X-Desktopd": "1"})
        assert watching.status_code == 403


async def test_links_are_the_owners() -> None:
    async with client(make_app()) as http:
        link = await make(http, role="control")
        guest = {"Authorization": f"Bearer {link['token']}"}
        for headers in (guest, VIEW_BEARER):
            assert (await http.get("/api/links", headers=headers)).status_code == 403
            made = await http.post("/api/links", json={"role": "view"}, headers=headers)
            assert made.status_code == 403
        assert (await http.post("/api/tickets", headers=guest)).status_code == 403
        (kept,) = (await http.get("/api/links", headers=BEARER)).json()["links"]
        assert kept == {key: link[key] for key in ("id", "name", "role", "made", "until")}


@pytest.mark.parametrize(
    "wanted", [{}, {"role": "owner"}, {"role": "view", "seconds": 0}, {"role": "view", "x": 1}]
)
async def test_what_is_no_link(wanted: dict[str, Any]) -> None:
    async with client(make_app(), headers=BEARER) as http:
        assert (await http.post("/api/links", json=wanted)).status_code == 400


async def test_where_tokens_let_nobody_in_there_are_no_links() -> None:
    async with client(make_app(auth="none", token=None)) as http:
        assert (await http.get("/api/links")).status_code == 404


async def test_an_owner_sees_with_a_link_what_others_see_and_stays_the_owner_elsewhere() -> None:
    async with client(make_app()) as http:
        link = await make(http, role="view")
        await http.get("/", params={"token": TOKEN})
        await http.get("/", params={"token": link["token"]})
        assert (await http.get("/api/session")).json()["role"] == "control"
        assert (await http.get("/api/links")).status_code == 200
        guest = {"X-Desktopd-As": link["id"]}
        assert (await http.get("/api/session", headers=guest)).json()["role"] == "view"
        assert (await http.get("/api/links", headers=guest)).status_code == 403


async def test_a_link_that_cannot_be_revoked_for_good_ends_all_the_same(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    async with (
        serving(make_app(links=Links(kept / "links.json"))) as server,
        httpx.AsyncClient(base_url=server.addresses[0]) as http,
    ):
        link = await make(http, role="control")
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        guest = {"Authorization": f"Bearer {link['token']}"}
        async with connect(address, additional_headers=guest) as ended:
            await ended.recv()
            kept.rename(tmp_path / "gone")
            gone = await http.delete(f"/api/links/{link['id']}", headers=BEARER)
            assert gone.status_code == 507
            assert gone.json()["error"] == "the link is over, but only until desktopd starts anew"
            async with asyncio.timeout(10):
                await ended.wait_closed()
            assert (ended.close_code, ended.close_reason) == (1008, "link_revoked")
        assert (await http.get("/api/session", headers=guest)).status_code == 401


async def test_revoking_ends_what_is_open_and_what_comes_later() -> None:
    async with (
        serving(make_app()) as server,
        httpx.AsyncClient(base_url=server.addresses[0]) as http,
    ):
        link, other = await make(http, role="view"), await make(http, role="view")
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        guest, stranger = ({"Authorization": f"Bearer {one['token']}"} for one in (link, other))
        async with (
            connect(address, additional_headers=guest) as ended,
            connect(address, additional_headers=stranger) as stays,
        ):
            await asyncio.gather(ended.recv(), stays.recv())
            gone = await http.delete(f"/api/links/{link['id']}", headers=BEARER)
            assert gone.status_code == 204
            async with asyncio.timeout(10):
                await ended.wait_closed()
            assert (ended.close_code, ended.close_reason) == (1008, "link_revoked")
            assert await ws_status(address, additional_headers=guest) == 403
            assert await ws_status(address, additional_headers=stranger) == 101
            await (await stays.ping())
        again = await http.delete(f"/api/links/{link['id']}", headers=BEARER)
        assert again.status_code == 404


async def test_revoking_ends_transfers(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shared = Shared(tmp_path)
    with shared.write("large").open("wb") as large:
        large.truncate(64 * 1024 * 1024)
    async with (
        serving(shared.app) as server,
        httpx.AsyncClient(base_url=server.addresses[0], headers=BEARER) as http,
    ):
        link = await make(http, role="control")
        head = f"HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {link['token']}"
        (down, loads), (up, sends) = await opened(server), await opened(server)
        loads.write(f"GET /api/files/large {head}\r\n\r\n".encode())
        assert await down.readline() == b"HTTP/1.1 200 OK\r\n"
        body = "Content-Length: 1000\r\nExpect: 100-continue"
        sends.write(f"PUT /api/files/late {head}\r\n{body}\r\n\r\n".encode())
        assert await up.readline() == b"HTTP/1.1 100 Continue\r\n", "it waits for the body"
        await http.delete(f"/api/links/{link['id']}")
        assert b"HTTP/1.1 401 " in await rest(up)
        assert len(await rest(down)) < 64 * 1024 * 1024
        for writer in (loads, sends):
            writer.close()
    assert shared.names() == ["large"]
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_link_that_is_over_says_so_in_the_form() -> None:
    clock = Clock()
    async with client(make_app(links=Links(clock=clock))) as http:
        link = await make(http, role="view", seconds=60)
        await http.get("/", params={"token": link["token"]})
        assert (await http.get("/api/session")).status_code == 200
        clock.now += 60
        over = await http.get("/", headers=HTML)
        assert over.status_code == 401
        assert "This link is not valid any more" in over.text


async def test_whoever_is_just_coming_by_a_link_that_is_revoked_is_ended() -> None:
    """To a target by a slow network the way takes seconds, after the link was looked at."""
    departures = Departures()
    access = Access(Role.CONTROL, Means.BEARER, link="c0ffee0123456789")
    departures.revoke("c0ffee0123456789")
    async with asyncio.timeout(30):
        assert (await departures.of(access, None)).cause is Cause.LINK_REVOKED


async def test_what_is_open_ends_in_time_also_where_the_machine_slept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("desktopd.http.access.departures.LOOK_EVERY", 0.01)
    clock = Clock()
    access = Access(Role.CONTROL, Means.COOKIE, until=clock.now + 3600, link="a")
    ending = asyncio.create_task(Departures(clock).of(access, None))
    await asyncio.sleep(0.05)
    assert not ending.done()
    # A wait of an hour would have begun before.
    clock.now += 3600
    async with asyncio.timeout(10):
        assert (await ending).cause is Cause.LINK_EXPIRED


async def test_a_link_ends_with_the_sign_in_that_makes_it() -> None:
    keys = PageKeys(Tokens(TOKEN, VIEW_TOKEN))
    until = float(int(steady_time()) + 7200)
    page = {"Authorization": f"Bearer {keys.make(Grant(Role.CONTROL, until))}"}
    async with client(make_app(), headers=page) as http:
        for wanted, ends in ((None, until), (86_400, until), (60, None)):
            made = await http.post("/api/links", json={"role": "control", "seconds": wanted})
            assert made.status_code == 201
            told = made.json()["until"]
            assert told == ends if ends else told < until
