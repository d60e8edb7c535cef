"""A server with few places for strangers, and those who take them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.types import ASGIApp

from desktopd.budgets import Budget, Share
from desktopd.http.serving.server import HttpServer
from tests.unit.http.desktop import BEARER, opened, serving

PLACES = 3


OWNER = f"Host: desk.test\r\nAuthorization: {BEARER['Authorization']}\r\n"


Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def crowded(app: ASGIApp, **options: object) -> AsyncIterator[tuple[HttpServer, Share]]:
    """A server with few places for strangers."""
    share = Share(Budget.CONNECTIONS, PLACES)
    async with serving(app, strangers=share, **options) as server:
        yield server, share


async def strangers(server: HttpServer, stack: AsyncExitStack, count: int) -> list[Opened]:
    """So many connections that say nothing, one after the other."""
    came = []
    for _ in range(count):
        came.append(await opened(server))
        stack.callback(came[-1][1].close)
    return came


async def answer(connection: Opened, path: str, headers: str) -> bytes:
    """The head of what is answered on a connection that stays open."""
    reader, writer = connection
    writer.write(f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode())
    async with asyncio.timeout(30):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
    return head
