"""What a request brought is gone with it, before Python looks for what refers to itself alone.

That may be long after: a thousand headers of 60 KB are few objects.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from typing import TypeVar

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
from websockets.asyncio.client import connect

from desktopd.http.serving.http_connection import HttpConnection
from desktopd.http.serving.websocket_connection import WebSocketConnection
from tests.unit.http.desktop import BEARER, TOKEN, make_app, opened, serving

T = TypeVar("T")
OWNER = f"Authorization: Bearer {TOKEN}\r\n"


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def living(kind: type[T]) -> list[T]:
    return [one for one in gc.get_objects() if type(one) is kind]


@pytest.mark.parametrize("path", ["/healthz", "/login", "/api/session", "/nothing", "/api/files/"])
@pytest.mark.parametrize("header", ["", OWNER])
async def test_a_request_is_gone_with_its_answer_and_the_last_with_its_connection(
    path: str, header: str
) -> None:
    async with serving(make_app()) as server:
        reader, writer = await opened(server)
        for _ in range(5):
            writer.write(f"GET {path} HTTP/1.1\r\nHost: desk.test\r\n{header}\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))
        assert len(living(RequestResponseCycle)) == 1
        writer.close()
        async with asyncio.timeout(10):
            while living(RequestResponseCycle):
                await asyncio.sleep(0.01)
        assert not any(one.headers or one.scope for one in living(HttpConnection))


async def test_a_websocket_is_gone_with_its_connection() -> None:
    async with serving(make_app()) as server:
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        async with connect(address, additional_headers=BEARER) as websocket:
            await websocket.recv()
            assert living(WebSocketConnection)
            assert not any(one.headers or one.scope for one in living(HttpConnection))
        async with asyncio.timeout(10):
            while living(WebSocketConnection):
                await asyncio.sleep(0.01)
