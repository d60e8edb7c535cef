"""Connections to RFB servers on real sockets."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from desktopd.errors import DisplayUnavailable
from desktopd.rfb.relay.upstream import Target, TcpTarget, UnixTarget, connect


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"RFB 003.008\n" + await reader.readexactly(4))
    await writer.drain()
    writer.close()


@pytest.mark.parametrize("kind", [UnixTarget, TcpTarget])
async def test_connections_reach_their_target(kind: type[Target], folder: Path) -> None:
    if kind is UnixTarget:
        server = await asyncio.start_unix_server(greet, folder / "rfb")
        target: Target = UnixTarget(folder / "rfb")
    else:
        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        target = TcpTarget("127.0.0.1", server.sockets[0].getsockname()[1])
    async with server:
        upstream = await connect(target)
        upstream.writer.write(b"ping")
        assert await upstream.reader.read() == b"RFB 003.008\nping"
        upstream.writer.close()
        await upstream.writer.wait_closed()


@pytest.mark.parametrize(
    "target",
    [
        UnixTarget(Path("/nowhere/at/all")),
        UnixTarget(Path("/tmp/" + "x" * 108)),
        UnixTarget(Path("/tmp/a\0b")),
        TcpTarget("host.invalid", 5900),
        TcpTarget("bad..host", 5900),
    ],
)
async def test_an_unreachable_target_is_named_with_a_remedy(target: Target) -> None:
    with pytest.raises(DisplayUnavailable) as caught:
        await connect(target)
    assert caught.value.error.startswith(f"RFB server {target}: ")
    assert "start it" in caught.value.remedy


async def test_a_refused_connection_says_so() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        with pytest.raises(
            DisplayUnavailable, match=f"RFB server 127.0.0.1:{port}: Connect call failed"
        ):
            await connect(TcpTarget("127.0.0.1", port))


async def test_a_target_that_does_not_answer_is_given_up() -> None:
    with socket.socket() as full, socket.socket() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting.connect(full.getsockname())
        with pytest.raises(DisplayUnavailable, match=r"no connection within 0\.1 s"):
            await connect(TcpTarget(*full.getsockname()), 0.1)
