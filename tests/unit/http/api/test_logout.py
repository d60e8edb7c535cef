"""Logging out: the cookie is forgotten, and the browser's connections end; no other's."""

from __future__ import annotations

import asyncio

import httpx
from websockets.asyncio.client import connect

from tests.unit.http.desktop import BEARER, TOKEN, client, make_app, serving

ANA, BEN = "ana-" * 8, "ben-" * 8


async def test_the_browser_forgets_and_its_pages_end() -> None:
    async with (
        serving(make_app()) as server,
        httpx.AsyncClient(base_url=server.addresses[0]) as http,
    ):
        origin = server.addresses[0]
        await http.get("/", params={"token": TOKEN})
        (name, value), *_ = http.cookies.items()
        headers = {"Cookie": f"{name}={value}", "Origin": origin}
        address = origin.replace("http", "ws") + "/api/events"
        async with (
            connect(address, additional_headers={**headers, "X-Desktopd-Person": ANA}) as mine,
            connect(address, additional_headers={**headers, "X-Desktopd-Person": BEN}) as other,
        ):
            await asyncio.gather(mine.recv(), other.recv())
            page = {"X-Desktopd": "1", "X-Desktopd-Person": ANA, "Origin": origin}
            assert (await http.post("/api/logout", headers=page)).status_code == 204
            async with asyncio.timeout(10):
                await mine.wait_closed()
            assert (mine.close_code, mine.close_reason) == (1008, "logged_out")
            await (await other.ping())
        assert (await http.get("/api/session")).status_code == 401


async def test_who_has_not_logged_in_here_cannot_log_out() -> None:
    for app in (make_app(), make_app(auth="none", token=None)):
        async with client(app, headers={**BEARER, "X-Desktopd": "1"}) as http:
            assert (await http.post("/api/logout")).status_code == 404
