"""Requests that wait behind one that is not answered yet."""

from __future__ import annotations

import asyncio

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from desktopd.http.serving.header_bounds import MOST_HEADERS
from desktopd.http.serving.http_connection import MOST_WAITING
from desktopd.http.serving.server import HttpServer
from tests.unit.http.desktop import GET, exchange, make_app, opened, serving


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
        assert (await exchange(server, one * 3 + GET + b"Connection: close\r\n\r\n")).count(
            b" 200 OK"
        ) == 4
        assert (await exchange(server, one * MOST_WAITING)).count(b" 200 OK") < MOST_WAITING


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
