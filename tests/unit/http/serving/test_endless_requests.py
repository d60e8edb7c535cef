"""Requests without end, and headers that take long to read."""

from __future__ import annotations

import asyncio
import ssl
import tracemalloc
from pathlib import Path

import pytest

from desktopd.http.serving.header_bounds import MOST_HEADERS
from desktopd.http.serving.server import HttpServer
from desktopd.tls.certificate import Certificate
from tests.unit.certificate import certificate
from tests.unit.http.desktop import GET, TOKEN, exchange, make_app, opened, serving


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


async def test_a_body_that_is_too_large_gets_its_answer() -> None:
    head = (
        b"PUT /api/clipboard HTTP/1.1\r\nHost: desk.test\r\nContent-Length: 1000000000\r\n"
        + f"Authorization: Bearer {TOKEN}\r\n\r\n".encode()
    )
    async with serving(make_app()) as server:
        answer = await answer_to_a_flood(server, head, bytes(1_000_000))
        assert answer.startswith(b"HTTP/1.1 413 ")
