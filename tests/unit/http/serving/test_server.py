"""The server on real sockets: their options, TLS, and its end."""

import asyncio
import logging
import signal
import socket
import ssl
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect

from desktopd.http.serving.listening_sockets import bind_tcp
from desktopd.http.serving.server import HttpServer
from desktopd.tls.certificate import Certificate
from tests.unit.certificate import certificate
from tests.unit.http.desktop import BEARER, TOKEN, exchange, make_app, opened, rest, serving
from tests.unit.http.serving.flood import flood, stalled_websocket
from tests.unit.http.serving.test_http_connection import GET


async def test_accepted_sockets_send_at_once() -> None:
    options: dict[str, int | bytes] = {}

    async def look(scope: Scope, receive: Receive, send: Send) -> None:
        (connection,) = server._uvicorn.server_state.connections
        sock = connection.transport.get_extra_info("socket")
        for name in ("TCP_NODELAY", "TCP_NOTSENT_LOWAT", "TCP_USER_TIMEOUT"):
            options[name] = sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
        control = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
        options["TCP_CONGESTION"] = control.rstrip(b"\0")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async with serving(look) as server, httpx.AsyncClient() as browser:
        await browser.get(server.addresses[0])
    assert options == {
        "TCP_NODELAY": 1,
        "TCP_NOTSENT_LOWAT": 131072,
        "TCP_USER_TIMEOUT": 40000,
        "TCP_CONGESTION": b"reno",
    }


class TestTls:
    async def test_page_and_websocket(self, folder: Path) -> None:
        cert, key = certificate(folder)
        trust = ssl.create_default_context(cafile=str(cert))
        async with serving(make_app(), tls=Certificate(cert, key).context()) as server:
            own = f"https://localhost:{server.sockets[0].getsockname()[1]}"
            assert server.addresses[0].startswith("https://127.0.0.1:")
            async with httpx.AsyncClient(verify=trust) as browser:
                answer = await browser.get(f"{own}/?token={TOKEN}")
                assert "; Secure;" in answer.headers["set-cookie"]
                ((name, value),) = browser.cookies.items()
            headers = {"Cookie": f"{name}={value}"}
            address = own.replace("https", "wss") + "/api/events"
            async with connect(
                address,
                ssl=trust,
                origin=own,
                additional_headers=headers,  # type: ignore[arg-type]
            ) as websocket:
                await websocket.recv()

    async def test_a_handshake_must_come_soon(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("desktopd.http.serving.accept_loop.HEADER_DEADLINE", 0.3)
        cert, key = certificate(folder)
        async with serving(make_app(), tls=Certificate(cert, key).context()) as server:
            assert await exchange(server, b"\x16\x03\x01") == b""


async def test_stop_ends_open_websockets_with_a_reason() -> None:
    app = make_app()
    server = HttpServer(app, bind_tcp("127.0.0.1", 0))
    running = asyncio.create_task(server.serve())
    address = server.addresses[0].replace("http", "ws") + "/api/events"
    websockets: list[ClientConnection] = [
        await connect(address, additional_headers=BEARER) for _ in range(30)
    ]
    for websocket in websockets:
        await websocket.recv()
    async with asyncio.timeout(30):
        await server.stop()
    await running
    for websocket in websockets:
        await websocket.wait_closed()
        assert websocket.close_code == 1012


async def test_stop_does_not_wait_for_those_who_read_no_more(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = HttpServer(flood, bind_tcp("127.0.0.1", 0))
    running = asyncio.create_task(server.serve())
    stalled = [await stalled_websocket(server) for _ in range(30)]
    async with asyncio.timeout(30):
        await server.stop()
    await running
    # uvicorn did not have to cancel them.
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    for _, writer in stalled:
        writer.close()


async def test_stop_cuts_off_a_download_that_is_not_read() -> None:
    began = asyncio.Event()

    async def large(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        began.set()
        await send({"type": "http.response.body", "body": bytes(64 * 1024 * 1024)})

    server = HttpServer(large, bind_tcp("127.0.0.1", 0))
    running = asyncio.create_task(server.serve())
    host, port = server.sockets[0].getsockname()
    reader, writer = await asyncio.open_connection(host, port, limit=1024)
    writer.write(GET + b"\r\n")
    await began.wait()
    async with asyncio.timeout(30):
        await server.stop()
    await running
    assert len(await rest(reader)) < 64 * 1024 * 1024
    writer.close()


async def test_stop_does_not_wait_for_a_slow_request() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        began.set()
        try:
            await asyncio.sleep(600)
        finally:
            ended.set()

    server = HttpServer(slow, bind_tcp("127.0.0.1", 0))
    running = asyncio.create_task(server.serve())
    _, writer = await opened(server)
    writer.write(GET + b"\r\n")
    await began.wait()
    async with asyncio.timeout(30):
        await server.stop()
    await running
    assert ended.is_set()
    writer.close()


async def test_stop_before_the_start_closes_the_sockets() -> None:
    server = HttpServer(make_app(), bind_tcp("127.0.0.1", 0))
    await server.stop()
    await server.serve()
    assert server.sockets[0].fileno() == -1


async def test_stop_frees_the_port() -> None:
    async with serving(make_app()) as server:
        port = server.sockets[0].getsockname()[1]
    for sock in bind_tcp("127.0.0.1", port):
        sock.close()


async def test_stop_leaves_the_signals_alone() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    async with serving(make_app()) as server:
        async with httpx.AsyncClient() as browser:
            assert (await browser.get(server.addresses[0] + "/healthz")).status_code == 200
        during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert before == during
