"""Routes with places: the count, the refusal, and the owner who is served all the same."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from desktopd.budgets import Budget, Budgets
from desktopd.files.limits import UploadLimits
from desktopd.files.sharing import Rules, SharedFiles
from tests.unit.http.desktop import (
    BEARER,
    VIEW_BEARER,
    Desk,
    client,
    exchange,
    make_app,
    opened,
    rest,
    serving,
    ws_status,
)
from tests.unit.turns import until


def places(**most: int) -> Budgets:
    return Budgets({budget: most.get(budget, 100) for budget in Budget})


async def test_screenshots_of_watchers_and_the_owners_among_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "desktopd.audit")
    gate = asyncio.Event()

    async def screenshot() -> bytes:
        await gate.wait()
        return b"a picture"

    monkeypatch.setattr(desk, "screenshot", screenshot)
    budgets = places(captures=3)
    share = budgets[Budget.CAPTURES]
    async with client(make_app(desk, budgets=budgets)) as anybody:

        def ask(headers: dict[str, str]) -> asyncio.Task[httpx.Response]:
            return asyncio.create_task(anybody.get("/api/screenshot", headers=headers))

        watchers = [ask(VIEW_BEARER) for _ in range(20)]
        await until(lambda: share.displaced == 17)
        owner = ask(BEARER)
        await until(lambda: share.displaced == 18)
        gate.set()
        assert (await owner).status_code == 200
        answers = await asyncio.gather(*watchers)
        refused = [answer for answer in answers if answer.status_code == 429]
        noted = [record for record in caplog.records if record.message == "screenshot"]
        assert len(noted) == 21 - len(refused)
        assert len(refused) == 18
        assert refused[0].headers["retry-after"] == "1"
        assert refused[0].json() == {
            "error": "too many captures at once",
            "remedy": "try again in a moment, or raise most_captures",
        }
        metrics = (await anybody.get("/metrics", headers=BEARER)).text
    assert 'desktopd_displaced_total{budget="captures"} 18.0' in metrics
    assert 'desktopd_places{budget="captures"} 3.0' in metrics
    assert share.taken == 0


async def test_copies_on_their_way(desk: Desk) -> None:
    """Bodies that never come take places from each other alone."""
    budgets = places(copies=2)
    head = (
        "PUT /api/clipboard HTTP/1.1\r\nhost: desk\r\ncontent-length: 9\r\n"
        f"authorization: {BEARER['Authorization']}\r\n\r\n"
    ).encode()
    async with serving(make_app(desk, budgets=budgets)) as server:
        waiting = [await opened(server) for _ in range(4)]
        for _, writer in waiting:
            writer.write(head)
            await asyncio.sleep(0)
        await until(lambda: budgets[Budget.COPIES].displaced == 2)
        answer = await exchange(
            server, head.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\nnine byte")
        )
        assert answer.startswith(b"HTTP/1.1 204")
        for _, writer in waiting:
            writer.transport.abort()
    assert desk.clipboard.text == "nine byte"


async def test_a_reader_that_takes_nothing_keeps_its_place_until_another_needs_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def screenshot() -> bytes:
        return bytes(40_000_000)

    monkeypatch.setattr(desk, "screenshot", screenshot)
    budgets = places(captures=1)
    share = budgets[Budget.CAPTURES]
    request = (
        "GET /api/screenshot HTTP/1.1\r\nhost: desk\r\n"
        f"authorization: {VIEW_BEARER['Authorization']}\r\n"
    )
    async with serving(make_app(desk, budgets=budgets)) as server:
        reader, writer = await opened(server)
        writer.write(f"{request}\r\n".encode())
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        assert share.taken == 1
        answer = await exchange(server, f"{request}connection: close\r\n\r\n".encode())
        assert len(answer) > 40_000_000
        await until(lambda: share.taken == 0)
        writer.transport.abort()


async def test_one_address_of_watchers_does_not_turn_away_another(desk: Desk) -> None:
    budgets = places(watchers=2)
    app = make_app(desk, budgets=budgets, trusted_proxies=("127.0.0.1",))

    def watching(address: str) -> dict[str, str]:
        return {**VIEW_BEARER, "X-Forwarded-For": address}

    async with serving(app) as server:
        url = server.addresses[0].replace("http", "ws", 1) + "/api/events"
        async with (
            connect(url, additional_headers=watching("192.0.2.66")) as oldest,
            connect(url, additional_headers=watching("192.0.2.66")),
        ):
            assert await ws_status(url, additional_headers=watching("192.0.2.66")) == 503
            assert await ws_status(url, additional_headers=watching("192.0.2.1")) == 101
            assert await ws_status(url, additional_headers=BEARER) == 101
            with suppress(ConnectionClosed):
                async for _ in oldest:
                    pass
            assert oldest.close_code == 1013


async def test_a_link_for_control_is_not_any_number_of_people(desk: Desk) -> None:
    budgets = places(watchers=2)
    async with serving(make_app(desk, budgets=budgets)) as server:
        url = server.addresses[0].replace("http", "ws") + "/api/events"
        async with httpx.AsyncClient(base_url=server.addresses[0]) as http:
            made = await http.post("/api/links", json={"role": "control"}, headers=BEARER)
        guest = {"Authorization": f"Bearer {made.json()['token']}"}
        async with connect(url, additional_headers=VIEW_BEARER) as watcher:
            for _ in range(2):
                assert await ws_status(url, additional_headers=BEARER) == 101
            async with (
                connect(url, additional_headers=guest),
                connect(url, additional_headers=guest),
            ):
                await watcher.wait_closed()
                assert await ws_status(url, additional_headers=guest) == 503
                assert await ws_status(url, additional_headers=VIEW_BEARER) == 503
                assert await ws_status(url, additional_headers=BEARER) == 101


async def test_downloads_that_watchers_take_slowly_take_places_from_each_other_alone(
    tmp_path: Path,
) -> None:
    (tmp_path / "large.bin").write_bytes(bytes(40_000_000))
    budgets = places(downloads=2)
    share = budgets[Budget.DOWNLOADS]
    files = SharedFiles(tmp_path, Rules(for_viewers=True), UploadLimits(), tmp_path / "records")

    def request(headers: dict[str, str]) -> bytes:
        bearer = headers["Authorization"]
        return (
            f"GET /api/files/large.bin HTTP/1.1\r\nhost: desk\r\nauthorization: {bearer}\r\n"
            "connection: close\r\n\r\n"
        ).encode()

    async with serving(make_app(files=files, budgets=budgets)) as server:
        slow = [await opened(server) for _ in range(3)]
        for n, (reader, writer) in enumerate(slow):
            writer.write(request(VIEW_BEARER))
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n", n
        await until(lambda: (share.taken, share.displaced) == (2, 1))
        assert len(await exchange(server, request(BEARER))) > 40_000_000
        assert (share.taken, share.displaced) == (2, 1)
        assert len(await rest(slow[0][0])) < 40_000_000, "the oldest breaks off"
        for _, writer in slow:
            writer.transport.abort()
        await until(lambda: share.taken == 0)
