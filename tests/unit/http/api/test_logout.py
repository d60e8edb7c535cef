"""Logging out: the cookie is forgotten, and the browser's connections end; no other's."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
from websockets.asyncio.client import connect

from tests.unit.http.api.shared import Shared
from tests.unit.http.desktop import BEARER, TOKEN, client, make_app, opened, rest, serving

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


async def test_what_the_browser_still_transfers_ends_and_no_others_does(tmp_path: Path) -> None:
    shared, size = Shared(tmp_path), 64 * 1024 * 1024
    with shared.write("large").open("wb") as large:
        large.truncate(size)
    async with (
        serving(shared.app) as server,
        httpx.AsyncClient(base_url=server.addresses[0]) as http,
    ):
        origin = server.addresses[0]
        await http.get("/", params={"token": TOKEN})
        (name, value), *_ = http.cookies.items()
        loads = []
        for person in (ANA, BEN):
            reader, writer = await opened(server)
            loads.append((reader, writer))
            shown = f"Cookie: {name}={value}\r\nX-Desktopd-Person: {person}\r\nConnection: close"
            writer.write(f"GET /api/files/large HTTP/1.1\r\nHost: x\r\n{shown}\r\n\r\n".encode())
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        page = {"X-Desktopd": "1", "X-Desktopd-Person": ANA, "Origin": origin}
        assert (await http.post("/api/logout", headers=page)).status_code == 204
        mine, other = [await rest(reader) for reader, _ in loads]
        assert len(mine) < size < len(other)
        for _, writer in loads:
            writer.close()
