"""An application that sends as fast as it may, and a client of it that takes nothing."""

from __future__ import annotations

import asyncio

from starlette.types import Receive, Scope, Send

from desktopd.http.serving.server import HttpServer

ENDED: list[object] = []
"""Clients whose end the application has noticed."""


async def flood(scope: Scope, receive: Receive, send: Send) -> None:
    """Sends as fast as it may, as an application that shows a film."""
    await send({"type": "websocket.accept"})
    try:
        while True:
            await send({"type": "websocket.send", "bytes": bytes(65536)})
    except OSError:
        ENDED.append(scope["client"])


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
