"""Connections by which nobody has been let in have so many places, and others lose nothing."""

from __future__ import annotations

import asyncio
import socket
import tracemalloc
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from desktopd.budgets import Budget, Share
from desktopd.http.serving.listening_sockets import bind_unix
from desktopd.http.serving.server import HttpServer
from desktopd.tls.certificate import Certificate
from tests.unit.certificate import certificate
from tests.unit.http.desktop import BEARER, VIEW_BEARER, make_app, opened, rest, serving
from tests.unit.http.serving.crowd import OWNER, PLACES, answer, crowded, strangers


async def test_a_stranger_who_opens_many_closes_his_own() -> None:
    async with AsyncExitStack() as stack, crowded(make_app()) as (server, share):
        came = await strangers(server, stack, 2 * PLACES)
        for reader, _ in came[:PLACES]:
            assert await rest(reader) == b""
        assert b" 200 " in await answer(came[-1], "/healthz", "Host: desk.test\r\n")
        assert (share.taken, share.displaced) == (PLACES, PLACES)


async def test_whoever_is_let_in_loses_nothing_to_strangers_of_the_same_address() -> None:
    async with AsyncExitStack() as stack, crowded(make_app()) as (server, share):
        await strangers(server, stack, PLACES)
        inside = await opened(server)
        stack.callback(inside[1].close)
        assert b" 200 " in await answer(inside, "/api/session", OWNER)
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        websocket = await stack.enter_async_context(connect(address, additional_headers=BEARER))
        watching = await stack.enter_async_context(connect(address, additional_headers=VIEW_BEARER))
        await strangers(server, stack, 3 * PLACES)
        assert b" 200 " in await answer(inside, "/api/session", OWNER)
        for one in (websocket, watching):
            await (await one.ping())
        assert share.taken == PLACES


async def test_places_come_back() -> None:
    async with AsyncExitStack() as stack, crowded(make_app()) as (server, share):
        for _, writer in await strangers(server, stack, PLACES):
            writer.close()
        async with asyncio.timeout(30):
            while share.taken:
                await asyncio.sleep(0.01)
        assert share.displaced == 0


async def test_a_tls_handshake_that_is_not_done_has_a_place_too(folder: Path) -> None:
    tls = Certificate(*certificate(folder)).context()
    async with AsyncExitStack() as stack, crowded(make_app(), tls=tls) as (server, share):
        came = await strangers(server, stack, PLACES + 1)
        assert await rest(came[0][0]) == b""
        assert share.taken == PLACES


async def test_a_connection_over_tls_that_says_nothing_holds_little(folder: Path) -> None:
    tls = Certificate(*certificate(folder)).context()
    share = Share(Budget.CONNECTIONS, 100)
    async with (
        AsyncExitStack() as stack,
        serving(make_app(), tls=tls, strangers=share) as server,
    ):
        tracemalloc.start()
        stack.callback(tracemalloc.stop)
        before, _ = tracemalloc.get_traced_memory()
        await strangers(server, stack, 20)
        async with asyncio.timeout(30):
            while share.taken < 20:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert tracemalloc.get_traced_memory()[0] - before < 20 * 128 * 1024


async def test_a_unix_socket_has_places_too(folder: Path) -> None:
    share = Share(Budget.CONNECTIONS, 1)
    server = HttpServer(make_app(), [bind_unix(folder / "http")], strangers=share)
    running = asyncio.create_task(server.serve())
    first, closed = await asyncio.open_unix_connection(folder / "http")
    second = await asyncio.open_unix_connection(folder / "http")
    assert await rest(first) == b""
    assert b" 200 " in await answer(second, "/healthz", "Host: desk.test\r\n")
    for writer in (closed, second[1]):
        writer.close()
    await server.stop()
    await running


async def test_no_descriptors_left_is_told_and_waited_for(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.descriptors.AGAIN", 0.01)
    accept = asyncio.get_running_loop().sock_accept
    failures = [OSError(24, "Too many open files")]

    async def scarce(sock: socket.socket) -> tuple[socket.socket, object]:
        if failures:
            raise failures.pop()
        return await accept(sock)

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_accept", scarce)
    async with AsyncExitStack() as stack, crowded(make_app()) as (server, _):
        ((reader, writer),) = await strangers(server, stack, 1)
        assert b" 200 " in await answer((reader, writer), "/healthz", "Host: desk.test\r\n")
    assert "a connection could not be accepted: Too many open files" in caplog.text


async def test_who_speaks_no_http_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async with AsyncExitStack() as stack, crowded(make_app()) as (server, _):
        for said in (b"\x16\x03\x01\x00\x05\x01", b"SSH-2.0-x\r\n", b"RFB 003.008\n") * 2:
            ((reader, writer),) = await strangers(server, stack, 1)
            writer.write(said + b"\r\n\r\n")
            assert b" 400 " in await rest(reader)
        ((reader, writer),) = await strangers(server, stack, 1)
        upgrade = "Connection: close, upgrade\r\nUpgrade: h2c\r\nHost: desk.test\r\n"
        writer.write(f"GET /healthz HTTP/1.1\r\n{upgrade}\r\n".encode())
        assert b" 200 " in await rest(reader)
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        "127.0.0.1: what it sends is no HTTP (https where it is not?)"
    ]


async def test_whoever_asks_for_a_websocket_before_he_has_his_answer_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who took nothing were counted no more: 600 of them, and any number in 10 s."""
    monkeypatch.setattr("desktopd.http.serving.websocket_connection.CLOSE_DEADLINE", 3600)
    large = tmp_path / "assets" / "large.js"
    large.parent.mkdir()
    large.write_bytes(bytes(16 * 1024 * 1024))
    asset = b"GET /assets/large.js HTTP/1.1\r\nHost: desk.test\r\n\r\n"
    websocket = (
        b"GET /websockify HTTP/1.1\r\nHost: desk.test\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    async with AsyncExitStack() as stack, crowded(make_app(static=tmp_path)) as (server, share):
        for _ in range(2 * PLACES):
            stranger = stack.enter_context(
                socket.create_connection(server.sockets[0].getsockname())
            )
            stranger.sendall(asset + websocket)
            await asyncio.sleep(0.05)
        state = server._uvicorn.server_state
        async with asyncio.timeout(30):
            while state.connections or state.tasks or share.taken:
                await asyncio.sleep(0.05)


async def test_a_websocket_gives_its_place_back_once_it_is_let_in() -> None:
    async with crowded(make_app()) as (server, share):
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        async with connect(address, additional_headers=VIEW_BEARER) as websocket:
            await websocket.recv()
            assert share.taken == 0
        with pytest.raises(InvalidStatus):
            await connect(address)
        async with asyncio.timeout(30):
            while share.taken:
                await asyncio.sleep(0.05)
