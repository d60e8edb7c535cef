"""The port of a laptop: ours also while the host is away, and carried to a socket."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from desktopd.ssh.local_port import local_port
from desktopd.ssh.slurm.session import WantedJob, keep


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send back all that comes, and its end."""
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.close()


async def ask(port: int, data: bytes) -> bytes:
    """What comes back until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    writer.write_eof()
    try:
        return await reader.read(-1)
    finally:
        writer.close()


async def test_what_is_sent_arrives_whole_both_ways(folder: Path) -> None:
    sent = bytes(range(256)) * 20_000
    with local_port(0, folder / "way") as port:
        async with await asyncio.start_unix_server(echo, folder / "way"):
            assert await asyncio.gather(*(ask(port, sent) for _ in range(3))) == [sent] * 3


async def test_the_port_stays_ours_while_the_host_is_away(folder: Path) -> None:
    way = folder / "way"
    with local_port(0, way) as port:
        for _ in range(2):
            assert await ask(port, b"") == b""
            with pytest.raises(OSError, match="in use"):
                socket.create_server(("127.0.0.1", port))
            async with await asyncio.start_unix_server(echo, way):
                assert await ask(port, b"here") == b"here"
            way.unlink(missing_ok=True)


async def test_what_is_open_ends_with_it(folder: Path) -> None:
    async with await asyncio.start_unix_server(echo, folder / "way"):
        with local_port(0, folder / "way") as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"here")
            assert await reader.readexactly(4) == b"here"
        assert await reader.read() == b""
        writer.close()
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_port_that_somebody_has_is_not_ours(folder: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="in use"),
        local_port(taken.getsockname()[1], folder / "way"),
    ):
        pass


def test_a_port_that_somebody_has_is_not_that_of_a_job(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert keep(WantedJob("host", (), "desktop", (), (), port, browser=False)) == 1
    assert f"--port {port}: Address already in use; choose another" in capsys.readouterr().err
