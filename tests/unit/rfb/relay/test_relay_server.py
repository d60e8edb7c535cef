"""A server of another program, as one of ours: connections to it, served or not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktopd.errors import DisplayUnavailable
from desktopd.rfb.relay.relay_server import RelayServer
from desktopd.rfb.relay.upstream import UnixTarget
from desktopd.rfb.viewers.pixel_path import PixelPath


async def test_a_server_that_is_down_is_told_before_a_viewer_is_in(folder: Path) -> None:
    with pytest.raises(DisplayUnavailable, match=r"rfb\.sock: No such file"):
        await RelayServer(PixelPath.XVNC, UnixTarget(folder / "rfb.sock")).connect()


async def test_a_connection_that_is_not_served_is_closed(folder: Path) -> None:
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.read() == b""
        ended.set()
        writer.close()

    async with await asyncio.start_unix_server(serve, folder / "rfb.sock"):
        server = RelayServer(PixelPath.XVNC, UnixTarget(folder / "rfb.sock"))
        (await server.connect()).close()
        async with asyncio.timeout(10):
            await ended.wait()
