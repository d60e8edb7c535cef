"""Very many connections at once: whoever is let in is served all the same."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import connect

from tests.unit.http.desktop import BEARER, exchange, make_app, opened, serving

WEBSOCKETS = 60
IDLE = 600
ASKED = (
    b"GET /api/session HTTP/1.1\r\nHost: desk.test\r\nConnection: close\r\n"
    + f"Authorization: {BEARER['Authorization']}\r\n\r\n".encode()
)


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """As many as may be, for this test: programs of later ones would go through all of them."""
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))


@pytest.mark.usefixtures("many_descriptors")
async def test_a_connection_storm_keeps_nobody_out() -> None:
    async with serving(make_app()) as server, AsyncExitStack() as stack:
        for _ in range(IDLE):
            _, writer = await opened(server)
            stack.callback(writer.close)
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        one = lambda: stack.enter_async_context(  # noqa: E731
            connect(address, additional_headers=BEARER, open_timeout=60)
        )
        websockets = await asyncio.gather(*(one() for _ in range(WEBSOCKETS)))
        assert [bool(await websocket.recv()) for websocket in websockets] == [True] * WEBSOCKETS
        assert b" 200 " in (await exchange(server, ASKED)).split(b"\r\n")[0]
