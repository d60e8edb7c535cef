"""What is copied in a target, a real Xvnc: who gets that through the relay, and who does not."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from desktopd.rfb.listeners.unix_socket import StreamTransport
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.relay.relay_server import RelayServer
from desktopd.rfb.relay.upstream import UnixTarget
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from tests.rfb_viewer import COMMON, RfbViewer
from tests.x11.conftest import own_number

DEADLINE = 30.0
COPIED = "copied in the target"


@pytest.fixture
def target(folder: Path) -> Iterator[tuple[str, UnixTarget]]:
    """The name of the display of an Xvnc that gives its clipboard to viewers, and where it is."""
    path = folder / "rfb"
    flags = "-rfbport -1 -SecurityTypes None -geometry 320x240 -depth 24 -nolisten tcp"
    with own_number() as number, (folder / "xvnc.log").open("wb") as log:
        reading, writing = os.pipe()
        argv = ["Xvnc", f":{number}", "-displayfd", str(writing), "-rfbunixpath", str(path)]
        child = subprocess.Popen(
            [*argv, *flags.split()], stdout=log, stderr=log, pass_fds=[writing]
        )
        os.close(writing)
        try:
            with os.fdopen(reading) as told:
                assert told.readline(), (folder / "xvnc.log").read_text(errors="replace")
            yield f":{number}", UnixTarget(path)
        finally:
            child.terminate()
            child.wait(10)


@asynccontextmanager
async def watching(
    target: UnixTarget, role: Role, encodings: list[int]
) -> AsyncIterator[RfbViewer]:
    """A viewer that reads and draws all that comes to it, through a relay as targets have it."""
    near, far = socket.socketpair()
    connection = await RelayServer(PixelPath.TARGET, target, clipboard=True).connect()
    reader, writer = await asyncio.open_unix_connection(sock=near)
    transport = StreamTransport(reader, writer)
    viewer = Viewer(role=role, address="127.0.0.1", path=PixelPath.TARGET)
    relay = asyncio.create_task(connection.serve(transport, viewer))
    shown = RfbViewer(*await asyncio.open_unix_connection(sock=far), encodings)
    running = asyncio.create_task(shown.run())
    try:
        yield shown
    finally:
        running.cancel()
        relay.cancel()
        await asyncio.wait([running, relay])
        for end in (writer, shown.writer):
            end.close()
            await end.wait_closed()


def copies(display: str, text: str) -> None:
    """Have xclip own the clipboard until somebody else does."""
    subprocess.run(
        ["xclip", "-display", display, "-in", "-selection", "clipboard"],
        input=text.encode(),
        check=True,
        timeout=DEADLINE,
    )


@pytest.mark.parametrize("encoding", [Encoding.TIGHT, Encoding.ZRLE, Encoding.RAW])
async def test_what_is_copied_in_a_target_reaches_no_watcher(
    target: tuple[str, UnixTarget], encoding: Encoding
) -> None:
    display, server = target
    wanted = [encoding, *COMMON, Encoding.CURSOR, Encoding.EXTENDED_CLIPBOARD]
    classic = [encoding, *COMMON, Encoding.CURSOR]
    async with (
        asyncio.timeout(DEADLINE),
        watching(server, Role.VIEW, wanted) as watcher,
        watching(server, Role.VIEW, classic) as other,
        watching(server, Role.CONTROL, classic) as control,
    ):
        while not (watcher.updates and other.updates and control.updates):
            await asyncio.sleep(0.01)
        copies(display, COPIED)
        while COPIED not in control.texts:
            await asyncio.sleep(0.01)
        seen = watcher.updates, other.updates
        subprocess.run(["xsetroot", "-display", display, "-solid", "red"], check=True)
        # Both still follow the picture, which comes after what was copied.
        while not (watcher.updates > seen[0] and other.updates > seen[1]):
            await asyncio.sleep(0.01)
        assert [watcher.texts, watcher.cut_texts, other.texts, other.cut_texts] == [[]] * 4
