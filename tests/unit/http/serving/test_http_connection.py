"""What the server does to slow, greedy and broken HTTP clients."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import tracemalloc
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from desktopd.http.serving import http_connection, leeway, lingering_transport
from desktopd.http.serving.header_bounds import MOST_HEADERS
from desktopd.http.serving.http_connection import MOST_WAITING
from desktopd.http.serving.leeway import STRANGERS_BUFFER
from desktopd.http.serving.request_connection import break_off, let_in
from desktopd.http.serving.server import HttpServer
from desktopd.tls.certificate import Certificate
from tests.unit.certificate import certificate
from tests.unit.http.desktop import TOKEN, exchange, make_app, opened, rest, serving

OK = b" 200 OK"
GET = b"GET /healthz HTTP/1.1\r\nHost: desk.test\r\n"


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


async def test_only_so_many_requests_wait_for_an_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = GET + b"\r\n"
    async with serving(make_app()) as server:
        few = await exchange(server, one * MOST_WAITING + GET + b"Connection: close\r\n\r\n")
        assert few.count(b" 200 OK") == MOST_WAITING + 1
        many = await exchange(server, one * 10_000)
        assert many.count(b" 200 OK") < 100
    assert not caplog.records


async def test_requests_that_wait_have_no_more_headers_together_than_one_may() -> None:
    """Sixteen on each of a thousand connections whose first answer nobody took held 340 MB."""
    one = GET + b"X:\r\n" * (MOST_HEADERS // 4) + b"\r\n"
    async with serving(make_app()) as server:
        assert (await exchange(server, one * 3 + GET + b"Connection: close\r\n\r\n")).count(OK) == 4
        assert (await exchange(server, one * MOST_WAITING)).count(OK) < MOST_WAITING


class Slow:
    """An application that answers one request for each `release`, and all after `end`."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(0)
        self.release = self._free.release

    def end(self) -> None:
        for _ in range(100):
            self.release()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._free.acquire()
        await PlainTextResponse("here")(scope, receive, send)


async def waiting(server: HttpServer, count: int) -> bool:
    """Whether so many requests wait behind one of the only connection, or it is closed for them."""
    async with asyncio.timeout(30):
        while True:
            for connection in server._uvicorn.server_state.connections:
                if connection.transport.is_closing() or len(connection.pipeline) == count:
                    return not connection.transport.is_closing()
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "long",
    [
        GET + b"Cookie: " + b"y" * 20_000 + b"\r\n\r\n",
        b"GET /?" + b"y" * 20_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
async def test_requests_that_wait_are_no_longer_together_than_one_may(long: bytes) -> None:
    async with serving(slow := Slow()) as server:
        reader, writer = await opened(server)
        writer.write((GET + b"\r\n") * 8)
        count = 0
        while await waiting(server, 7):
            count += 1
            slow.release()
            await reader.readuntil(b"here")
            writer.write(long)
        assert count == 4, "60 KB wait, and one that would be too many"
        slow.end()
        writer.close()


async def test_requests_count_for_those_behind_them_until_they_are_served() -> None:
    one = GET + b"X:\r\n" * (MOST_HEADERS // 5) + b"\r\n"
    async with serving(slow := Slow()) as server:
        reader, writer = await opened(server)
        writer.write(one * 3)
        for _ in range(10):
            assert await waiting(server, 2)
            slow.release()
            await reader.readuntil(b"here")
            writer.write(one)
        slow.end()
        writer.close()


async def test_a_request_is_told_of_the_end_of_its_connection_with_another_behind_it() -> None:
    """A folder was packed to its end for nobody."""
    told = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        told.set()

    async with serving(app) as server:
        _, writer = await opened(server)
        writer.write((GET + b"\r\n") * 2)
        await waiting(server, 1)
        writer.transport.abort()
        async with asyncio.timeout(10):
            await told.wait()


async def let_in_or_not(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with much, but in short to whoever asks for /short; /cut ends before its end."""
    if scope["path"] != "/stranger":
        let_in(scope)
    if scope["path"] == "/short":
        await PlainTextResponse("here")(scope, receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/cut":
        body = bytes(16 * 1024 * 1024)
        await send({"type": "http.response.body", "body": body, "more_body": True})
        break_off(scope)
        return
    for _ in range(256):
        await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})


@pytest.mark.parametrize("path", ["/stranger", "/cut"])
async def test_whoever_has_no_right_any_more_has_nothing_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(leeway, "TAKE_DEADLINE", 0.3)
    async with serving(let_in_or_not) as server:
        state = server._uvicorn.server_state
        host, port = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(host, port, limit=1024)
        writer.write(b"GET /short HTTP/1.1\r\n\r\n")
        await reader.readuntil(b"here")
        (connection,) = state.connections
        writer.write(f"GET {path} HTTP/1.1\r\n\r\n".encode())
        async with asyncio.timeout(30):
            while not connection.flow.write_paused:
                await asyncio.sleep(0)
            if path == "/stranger":
                assert connection.transport.get_write_buffer_limits()[1] == STRANGERS_BUFFER
            while state.connections:
                await asyncio.sleep(0.05)
        writer.transport.abort()


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


async def test_an_answer_that_nobody_takes_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leeway, "TAKE_DEADLINE", 0.3)
    large = tmp_path / "assets" / "large.js"
    large.parent.mkdir()
    large.write_bytes(bytes(64 * 1024 * 1024))
    async with serving(make_app(static=tmp_path)) as server:
        with socket.create_connection(server.sockets[0].getsockname()) as stranger:
            stranger.sendall(b"GET /assets/large.js HTTP/1.1\r\nHost: desk.test\r\n\r\n")
            state = server._uvicorn.server_state
            async with asyncio.timeout(30):
                while not state.connections:
                    await asyncio.sleep(0)
                while state.connections:
                    await asyncio.sleep(0.05)
        monkeypatch.undo()
        reader, writer = await opened(server)
        writer.write(b"GET /assets/large.js HTTP/1.1\r\nHost: desk.test\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(64 * 1024 * 1024), "who takes it gets it"
        writer.close()


async def test_little_waits_for_strangers_who_take_nothing(tmp_path: Path) -> None:
    large = tmp_path / "assets" / "large.js"
    large.parent.mkdir()
    large.write_bytes(bytes(16 * 1024 * 1024))
    async with serving(make_app(static=tmp_path)) as server, contextlib.AsyncExitStack() as stack:
        for _ in range(4):
            stranger = stack.enter_context(
                socket.create_connection(server.sockets[0].getsockname())
            )
            stranger.sendall(b"GET /assets/large.js HTTP/1.1\r\nHost: desk.test\r\n\r\n")
        state = server._uvicorn.server_state
        async with asyncio.timeout(30):
            while len(state.connections) < 4 or not all(
                connection.flow.write_paused for connection in state.connections
            ):
                await asyncio.sleep(0.05)
        for connection in state.connections:
            assert connection.transport.get_write_buffer_size() < 128 * 1024


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


async def answer_to_a_flood(
    server: HttpServer, head: bytes, line: bytes, tls: ssl.SSLContext | None = None
) -> bytes:
    """What the server says to a client that sends lines for as long as it can."""
    host, port = server.sockets[0].getsockname()
    reader, writer = await asyncio.open_connection(host, port, ssl=tls)
    answer = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
    writer.write(head)
    async with asyncio.timeout(10):
        while not answer.done():
            writer.write(line)
            await writer.drain()
            await asyncio.sleep(0)
        writer.close()
        return answer.result()


@pytest.mark.parametrize("line", [b"X-Header: " + b"y" * 1000 + b"\r\n", b"z" * 100_000])
async def test_endless_headers_are_refused(line: bytes) -> None:
    async with serving(make_app()) as server:
        for _ in range(20):
            answer = await answer_to_a_flood(server, GET, line)
            assert answer.startswith(b"HTTP/1.1 431 ")


async def test_endless_headers_are_refused_by_tls_too(folder: Path) -> None:
    cert, key = certificate(folder)
    trust = ssl.create_default_context(cafile=str(cert))
    trust.check_hostname = False
    async with serving(make_app(), tls=Certificate(cert, key).context()) as server:
        answer = await answer_to_a_flood(server, GET, b"X-Header: y\r\n" * 1000, trust)
        assert answer.startswith(b"HTTP/1.1 431 ")


async def test_a_body_that_is_too_large_gets_its_answer() -> None:
    head = (
        b"PUT /api/clipboard HTTP/1.1\r\nHost: desk.test\r\nContent-Length: 1000000000\r\n"
        + f"Authorization: Bearer {TOKEN}\r\n\r\n".encode()
    )
    async with serving(make_app()) as server:
        answer = await answer_to_a_flood(server, head, bytes(1_000_000))
        assert answer.startswith(b"HTTP/1.1 413 ")


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


@pytest.mark.parametrize(
    "line",
    [
        b"a: b\r\n" * (MOST_HEADERS + 1),
        b"X-Long: " + b"a," * 10_000 + b"\r\n",
        # 48 KB of a stranger's took 33 ms of everybody's time.
        (b"Connection: " + b"a," * 700 + b"upgrade\r\n") * 3,
        (b"Sec-WebSocket-Protocol: " + b"a," * 700 + b"a\r\n") * 3,
    ],
)
async def test_headers_that_take_long_to_read_are_refused(line: bytes) -> None:
    async with serving(make_app()) as server:
        assert (await exchange(server, GET + line + b"\r\n")).startswith(b"HTTP/1.1 431 ")
        cookie = GET + b"Cookie: " + b"a=b;" * 10_000 + b"\r\nConnection: close\r\n\r\n"
        assert b" 200 OK" in await exchange(server, cookie)


async def test_what_follows_a_body_is_kept_by_nobody() -> None:
    """One stranger took 3.7 GB with it, in twelve seconds."""
    head = b"POST /login HTTP/1.1\r\nHost: desk.test\r\nTransfer-Encoding: chunked\r\n\r\n"
    trailers = b"a: b\r\n" * 10_000
    async with serving(make_app()) as server:
        reader, writer = await opened(server)
        writer.write(head + b"1\r\n=\r\n0\r\n" + trailers)
        await writer.drain()
        tracemalloc.start()
        try:
            for _ in range(20):
                writer.write(trailers)
                await writer.drain()
            writer.write(b"\r\n")
            assert b" 401 " in await reader.readuntil(b"\r\n\r\n")
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert most < 2_000_000
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
