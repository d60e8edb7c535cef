"""The unix socket for viewers of this machine, over real sockets."""

from __future__ import annotations

import asyncio
import socket
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from desktopd.errors import ListenError
from desktopd.rfb.listeners.unix_socket import StreamTransport, UnixSocketListener
from desktopd.rfb.protocol.fences import BEGIN
from desktopd.rfb.relay.relay_server import RelayServer
from desktopd.rfb.relay.upstream import UnixTarget
from desktopd.rfb.rfb_server import RfbServer
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role
from desktopd.rfb.viewers.viewers import Viewers
from tests.unit.rfb.listeners.vnc_clients import (
    ACCEPTED,
    CLIENT_INIT,
    GREETING,
    KEY,
    SERVER_INIT,
    Desk,
    Guest,
)


class Broken(RelayServer):
    """A server with a bug."""

    async def connect(self) -> None:  # type: ignore[override]
        raise ZeroDivisionError


def server_at(folder: Path, kind: type[RelayServer] = RelayServer) -> RelayServer:
    return kind(PixelPath.X11VNC, UnixTarget(folder / "rfb.sock"))


@asynccontextmanager
async def listening(server: RfbServer, folder: Path) -> AsyncIterator[tuple[Path, Viewers]]:
    """Listen for viewers of `server`; yields where, and who watches."""
    path, viewers = folder / "viewers.sock", Viewers()
    task = asyncio.create_task(UnixSocketListener(path, server, viewers).serve())
    try:
        yield path, viewers
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def visiting(path: Path) -> AsyncIterator[Guest]:
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        yield Guest(reader, writer)
    finally:
        writer.transport.abort()


async def test_a_viewer_has_the_desktop(folder: Path) -> None:
    desk = Desk(folder / "rfb.sock")
    rfb = await asyncio.start_unix_server(desk.serve, desk.rfb_target)
    async with rfb, listening(server_at(folder), folder) as (path, viewers):
        assert path.stat().st_mode & 0o777 == 0o600
        async with visiting(path) as guest:
            await guest.hears(GREETING)
            guest.says(GREETING)
            await guest.hears(b"\x01\x01")
            guest.says(b"\x01")
            await guest.hears(ACCEPTED)
            guest.says(CLIENT_INIT + KEY)
            await guest.hears(SERVER_INIT)
            await desk.hears(b"\x01" + KEY)
            (viewer,) = viewers
            assert (viewer.role, viewer.path) == (Role.CONTROL, PixelPath.X11VNC)
            sent = viewers.bytes_sent
            assert sent > len(SERVER_INIT)
        async with asyncio.timeout(20):
            while len(viewers):
                await asyncio.sleep(0.01)
        assert viewers.bytes_sent == sent
    assert not path.exists()


@pytest.mark.parametrize(("version", "types"), [(GREETING, b"\0"), (b"RFB 003.003\n", bytes(4))])
async def test_without_a_desktop_a_viewer_is_told_so(
    folder: Path, version: bytes, types: bytes
) -> None:
    reason = f"RFB server {folder}/rfb.sock: No such file or directory".encode()
    async with listening(server_at(folder), folder) as (path, viewers):
        async with visiting(path) as guest:
            await guest.hears(GREETING)
            guest.says(version)
            await guest.hears(types + len(reason).to_bytes(4) + reason)
            await guest.hears_the_end()
        async with visiting(path) as guest:
            guest.says(b"GET / HTTP/1.1\r\n\r\n")
            await guest.hears(GREETING)
            await guest.hears_the_end()
        assert not viewers


async def test_a_bug_costs_the_viewer_and_is_logged(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = server_at(folder, Broken)
    async with listening(broken, folder) as (path, _), visiting(path) as guest:
        await guest.hears_the_end()
    assert "ZeroDivisionError" in caplog.text


async def test_the_end_of_the_listener_is_the_end_of_its_viewers(folder: Path) -> None:
    desk = Desk(folder / "rfb.sock")
    rfb = await asyncio.start_unix_server(desk.serve, desk.rfb_target)
    async with rfb:
        async with listening(server_at(folder), folder) as (path, _):
            reader, writer = await asyncio.open_unix_connection(path)
            guest = Guest(reader, writer)
            await guest.hears(GREETING)
        await guest.hears_the_end()
        writer.transport.abort()


def test_a_file_that_is_no_socket_is_left_alone(folder: Path) -> None:
    path = folder / "precious"
    path.write_text("important")
    with pytest.raises(ListenError, match=f"rfb_socket={path}: exists and is no socket"):
        UnixSocketListener(path, server_at(folder), Viewers())
    assert path.read_text() == "important"


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


@pytest.mark.parametrize("sends", [True, False])
async def test_of_what_a_viewer_had_nothing_stays_when_it_vanishes(*, sends: bool) -> None:
    """Each one left a picture of 33 MB until Python looked for cycles."""
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_unix_connection(sock=ours)
    kept = weakref.ref(transport := StreamTransport(reader, writer))

    async def serve(transport: StreamTransport) -> None:
        with suppress(ConnectionError):
            await (transport.send(bytes(1_000_000)) if sends else transport.receive())

    serving = asyncio.create_task(serve(transport))
    del transport
    await asyncio.sleep(0)
    writer.write(b"unread, so that the end is a reset")
    theirs.close()
    await serving
    del serving
    assert isinstance(reader.exception(), ConnectionError)
    assert kept() is None
    writer.transport.abort()
