"""What the server does to slow, greedy and broken HTTP clients."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from desktopd.http.serving import http_connection, leeway, lingering_transport
from desktopd.tls.certificate import Certificate
from tests.unit.certificate import certificate
from tests.unit.http.desktop import GET, TOKEN, exchange, make_app, opened, rest, serving


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines that a test can wait for."""
    monkeypatch.setattr(http_connection, "HEADER_DEADLINE", 0.3)
    monkeypatch.setattr(lingering_transport, "LINGER", 0.3)


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


async def test_whoever_is_refused_where_somebody_was_let_in_comes_anew() -> None:
    ask = b"GET /api/session HTTP/1.1\r\nHost: desk.test\r\n"
    owner = ask + f"Authorization: Bearer {TOKEN}\r\n\r\n".encode()
    async with serving(make_app()) as server:
        reader, writer = await opened(server)
        for request_, status, ends in (
            (ask + b"\r\n", b" 401 ", False),
            (owner, b" 200 ", False),
            (ask + b"\r\n", b" 401 ", True),
        ):
            writer.write(request_)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert status in head
            assert (b"connection: close" in head) is ends
            await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))
        assert await rest(reader) == b""
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
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 401 " in head
        # Read at once: a connection that is reset takes along what nobody has read.
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        assert b"this desktop needs a token" in await reader.readexactly(length)
        ended = asyncio.create_task(rest(reader))
        while not ended.done():
            writer.write(b"x")
            await asyncio.sleep(0.05)
        assert ended.result() == b""
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


async def test_whoever_goes_on_after_a_refusal_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lingering_transport, "LINGER", 0.3)
    async with serving(make_app()) as server:
        reader, writer = await opened(server)
        writer.write(GET + b"X-Header: " + b"y" * 70_000)
        assert b" 431 " in await reader.readuntil(b"\r\n\r\n")
        assert b"Delete the cookies" in await reader.read()
        with pytest.raises(ConnectionError):
            await send_for_ever(writer)
        writer.close()


async def send_for_ever(writer: asyncio.StreamWriter) -> None:
    async with asyncio.timeout(10):
        while True:
            writer.write(b"z" * 1000)
            await writer.drain()
            await asyncio.sleep(0.01)


async def test_what_follows_an_answer_gets_no_second_one() -> None:
    async with serving(make_app()) as server:
        reader, writer = await opened(server)
        writer.write(
            b"PUT /api/clipboard HTTP/1.1\r\nHost: desk.test\r\nContent-Length: 1000000\r\n\r\n"
        )
        assert b" 401 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(bytes(200_000))
        assert b"HTTP/1.1" not in await rest(reader)
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
        b"CONNECT /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
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


async def test_whoever_has_gone_before_he_is_refused_is_not_told_to_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving(make_app()) as server:
        for _ in range(20):
            _, writer = await opened(server)
            writer.write(b"\x16\x03 no HTTP\r\n\r\n")
            writer.close()
            await writer.wait_closed()
        assert b" 200 " in await exchange(server, GET + b"Connection: close\r\n\r\n")
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("by_tls", [False, True])
async def test_whoever_leaves_with_answers_on_their_way_is_not_told_to_the_log(
    tmp_path: Path,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    by_tls: bool,
) -> None:
    monkeypatch.setattr(leeway, "TAKE_DEADLINE", 0.3)
    tls, trust = None, ssl.create_default_context()
    if by_tls:
        cert, key = certificate(folder)
        tls = Certificate(cert, key).context()
        trust.load_verify_locations(cert)
        trust.check_hostname = False
    large = tmp_path / "assets" / "large.js"
    large.parent.mkdir()
    large.write_bytes(bytes(16 * 1024 * 1024))
    ask = b"GET /assets/large.js HTTP/1.1\r\nHost: desk.test\r\n\r\n"
    async with serving(make_app(static=tmp_path), tls=tls) as server:
        state = server._uvicorn.server_state
        host, port = server.sockets[0].getsockname()
        _, writer = await asyncio.open_connection(
            host, port, ssl=trust if by_tls else None, limit=1024
        )
        writer.write(ask * 4)
        async with asyncio.timeout(30):
            while not any(connection.flow.write_paused for connection in state.connections):
                await asyncio.sleep(0.05)
        if not by_tls:
            writer.transport.abort()
        async with asyncio.timeout(30):
            while state.tasks or state.connections:
                await asyncio.sleep(0.05)
        writer.transport.abort()
    assert not caplog.records
