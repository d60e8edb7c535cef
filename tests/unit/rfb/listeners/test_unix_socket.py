from __future__ import annotations

import asyncio
import socket

from desktopd.rfb.listeners.unix_socket import StreamTransport
from desktopd.rfb.protocol.fences import BEGIN


async def test_who_reads_as_it_comes_reads_the_measuring_fence_alone() -> None:
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_unix_connection(sock=ours)
    other, closing = await asyncio.open_unix_connection(sock=theirs)
    transport = StreamTransport(reader, writer)

    async def send() -> None:
        await transport.send(b"before" + BEGIN)
        await transport.send(b"picture")

    sending = asyncio.create_task(send())
    assert await other.read(100) == b"before" + BEGIN
    assert await other.read(100) == b"picture"
    await sending
    writer.close()
    closing.close()
