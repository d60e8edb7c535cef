"""What the server does to slow, greedy, broken and vanished peers, and at its stop."""

import asyncio
import contextlib
import logging
import signal

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect

from desktopd.http.serving import connection as connections
from desktopd.http.serving.listening_sockets import bind_tcp
from desktopd.http.serving.server import HttpServer
from tests.unit.http.desktop import BEARER, TOKEN, exchange, make_app, opened, rest, serving

GET = b"GET /healthz HTTP/1.1\r\nHost: desk.test\r\n"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines that a test can wait for."""
    monkeypatch.setattr(connections, "HEADER_DEADLINE", 0.3)


async def flood(scope: Scope, receive: Receive, send: Send) -> None:
    """Sends as fast as it may, as an application that shows a film."""
    await send({"type": "websocket.accept"})
    try:
        while True:
            await send({"type": "websocket.send", "bytes": bytes(65536)})
    except OSError:
        ENDED.append(scope["client"])


ENDED: list[object] = []


async def stalled_websocket(
    server: HttpServer,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A WebSocket that takes nothing, with full buffers on both sides."""
    host, port = server.sockets[0].getsockname()
    reader, writer = await asyncio.open_connection(host, port, limit=1024)
    writer.write(
        b"GET / HTTP/1.1\r\nHost: desk.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


@pytest.mark.parametrize("sent", [b"", b"G", GET, GET + b"X-Y: " + b"z" * 100])
async def test_headers_must_come_soon(soon: None, sent: bytes) -> None:
    async with serving(make_app()) as server:
        assert await exchange(server, sent) == b""


async def test_a_trickle_of_headers_is_cut(soon: None) -> None:
    async with serving(make_app()) as server:
        reader, writer = await opened(server)
        ended = asyncio.create_task(rest(reader))
        writer.write(GET)
        while not ended.done():
            writer.write(b"X-Trickle: 1\r\n")
            await asyncio.sleep(0.05)
        assert ended.result() == b""
        writer.close()


async def test_the_second_request_of_a_connection_must_come_soon_too(soon: None) -> None:
    async with serving(make_app()) as server:
        reader, writer = await opened(server)
        writer.write(GET + b"\r\n")
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(len(b'{"status":"ok"}'))
        writer.write(GET)
        assert await rest(reader) == b""
        writer.close()


async def test_a_body_that_is_not_wanted_is_cut(soon: None) -> None:
    async with serving(make_app()) as server:
        reader, writer = await opened(server)
        writer.write(
            b"PUT /api/clipboard HTTP/1.1\r\nHost: desk.test\r\nContent-Length: 100000\r\n\r\n"
        )
        assert b" 401 " in await reader.readuntil(b"\r\n\r\n")
        ended = asyncio.create_task(rest(reader))
        while not ended.done():
            writer.write(b"x")
            await asyncio.sleep(0.05)
        assert b"this desktop needs a token" in ended.result()
        writer.close()


async def test_a_slow_login_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktopd.http.api.body.DEADLINE", 0.3)
    async with serving(make_app()) as server:
        request = b"POST /login HTTP/1.1\r\nHost: desk.test\r\nContent-Length: 100\r\n\r\ntok"
        assert b" 408 " in await exchange(server, request)


async def test_a_wanted_request_takes_its_time(soon: None) -> None:
    async with serving(make_app()) as server:
        reader, writer = await opened(server)
        writer.write(
            b"PUT /api/clipboard HTTP/1.1\r\nHost: desk.test\r\nContent-Length: 5\r\n"
            + f"Authorization: Bearer {TOKEN}\r\n\r\n".encode()
        )
        for byte in b"hello":
            await asyncio.sleep(0.15)
            writer.write(bytes([byte]))
        assert b" 204 " in await reader.readuntil(b"\r\n\r\n")
        writer.close()


async def test_endless_headers_are_refused() -> None:
    async with serving(make_app()) as server:
        reader, writer = await opened(server)
        ended = asyncio.create_task(rest(reader))
        writer.write(GET)
        while not ended.done():
            writer.write(b"X-Header: " + b"y" * 1000 + b"\r\n")
            await asyncio.sleep(0)
        # The reset for what was sent meanwhile may overtake the answer.
        assert ended.result() == b"" or b" 431 " in ended.result()
        writer.close()


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /api/events HTTP/1.1\r\nX-Long: " + b"y" * 9000,
        b"GET /" + b"y" * 9000 + b" HTTP/1.1",
        b"POST /api/events HTTP/1.1",
        b"GET /api/events?\xff HTTP/1.1",
        b"GET /\xc3\xbc HTTP/1.1",
        b"GET /api/events HTTP/1.0",
    ],
)
async def test_a_websocket_that_the_library_refuses_is_closed(
    request_line: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(make_app()) as server:
        answer = await exchange(
            server,
            request_line + b"\r\nHost: desk.test\r\nConnection: Upgrade\r\n"
            b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
        )
    assert answer == b"" or answer.split(b" ")[1].startswith(b"4")
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00",
        b"GET\r\n\r\n",
        b"GET /\xff?token=\xff HTTP/1.1\r\nHost: x\r\nCookie: \xff=\xfe\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"CONNECT evil.test:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://evil.test HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
    ],
)
async def test_malformed_requests_are_refused(
    soon: None, request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(make_app()) as server:
        answer = await exchange(server, request_)
        assert answer == b"" or answer.split(b" ")[1].startswith(b"4")
        assert b" 200 " in await exchange(server, GET + b"Connection: close\r\n\r\n")
    assert "Traceback" not in caplog.text


async def test_a_peer_that_answers_no_ping_is_gone_even_with_full_buffers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("desktopd.http.serving.server.PING", 0.3)
    ENDED.clear()
    async with serving(flood) as server:
        _, writer = await stalled_websocket(server)
        async with asyncio.timeout(10):
            while not ENDED:
                await asyncio.sleep(0.05)
        writer.close()


async def test_a_peer_that_takes_nothing_is_gone_after_the_application_gave_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "CLOSE_DEADLINE", 0.3)

    async def impatient(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                await flood(scope, receive, send)

    async with serving(impatient) as server:
        _, writer = await stalled_websocket(server)
        async with asyncio.timeout(10):
            while server._uvicorn.server_state.connections:
                await asyncio.sleep(0.05)
        writer.close()


async def test_a_websocket_message_has_a_limit() -> None:
    async with serving(make_app()) as server:
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        async with connect(address, additional_headers=BEARER) as websocket:
            await websocket.recv()
            await websocket.send("x" * (2 * 1024 * 1024 + 1))
            await websocket.wait_closed()
            assert websocket.close_code == 1009


async def test_nothing_is_compressed_twice() -> None:
    async with serving(make_app()) as server:
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        async with connect(address, additional_headers=BEARER) as websocket:
            assert websocket.response
            assert "sec-websocket-extensions" not in websocket.response.headers
            assert "uvicorn" not in str(websocket.response.headers)


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
    async with asyncio.timeout(2):
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
    async with asyncio.timeout(2):
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
    async with asyncio.timeout(2):
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
    async with asyncio.timeout(2):
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
