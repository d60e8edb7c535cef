"""The native server beside a session: its socket, and what happens when something goes wrong."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from desktopd.geometry import Size
from desktopd.rfb.listeners.unix_socket import UnixSocketListener
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.server.native_server import NativeServer
from desktopd.rfb.server.update_encoder import UpdateEncoder
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.x11.connection import XError
from desktopd.x11.screen.segment import Segment
from tests.rfb_viewer import LOSSLESS, RfbViewer
from tests.x11.native import showing

SIZE = Size(640, 480)


class Session:
    """What a session tells of its display, and no clipboard."""

    def __init__(self, server, path) -> None:
        display = SimpleNamespace(name=server.name, authority=str(server.authority))
        self.status = SimpleNamespace(display=display)
        self.rfb_target = path
        self.clipboard_text = ""
        self.scale = None

    def on_change(self, handler):
        return lambda: None

    def on_clipboard(self, handler):
        return lambda: None


@asynccontextmanager
async def served(server, folder):
    """The server at its socket; yields the socket and the viewers."""
    session, viewers = Session(server, folder / "rfb.sock"), Viewers()
    rfb = NativeServer(session, "a desktop")
    listener = UnixSocketListener(rfb.socket, rfb, viewers)
    tasks = [asyncio.create_task(work) for work in (rfb.run(), listener.serve())]
    try:
        yield rfb.socket, viewers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def viewing(path, encodings=LOSSLESS):
    client = RfbViewer(*await asyncio.open_unix_connection(path), encodings)
    running = asyncio.create_task(client.run())
    try:
        yield client, running
    finally:
        await client.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def drawn(path) -> bool:
    """Whether a viewer gets a picture; it leaves then."""
    try:
        async with viewing(path) as (client, running):
            while not client.updates:
                if running.done():
                    return False
                await asyncio.sleep(0.01)
        return True
    except OSError:
        return False


async def test_the_socket_is_for_its_user_alone(start, folder, eventually):
    async with served(start(size=SIZE), folder) as (path, viewers):
        await eventually(lambda: drawn(path))
        assert path.stat().st_mode & 0o777 == 0o600
        async with viewing(path) as (client, _):
            await eventually(lambda: client.updates > 0)
            # Whoever looked whether it is drawn may not have left yet.
            await eventually(lambda: [(v.codec, v.exact) for v in viewers], [("tight", True)])
        await eventually(lambda: len(viewers), 0)
    assert not path.exists()


async def test_what_is_left_of_a_socket_is_replaced(start, folder, eventually):
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(folder / "rfb.sock"))
    async with served(start(size=SIZE), folder) as (path, _):
        await eventually(lambda: drawn(path))


async def test_a_bug_in_an_encoder_costs_no_more_than_the_connection(
    start, folder, eventually, monkeypatch, caplog
):
    async with served(start(size=SIZE), folder) as (path, _):
        await eventually(lambda: drawn(path))
        async with viewing(path) as (client, running):
            await eventually(lambda: client.updates > 0)
            with monkeypatch.context() as patch:
                patch.setattr(UpdateEncoder, "updates", lambda *_: 1 / 0)
                client.request(incremental=False)
                await eventually(running.done)
        await eventually(lambda: drawn(path))
    assert "ZeroDivisionError" in caplog.text


async def test_a_display_whose_memory_cannot_be_shared_is_named(start, folder, monkeypatch):
    def refuse(self, display, size, memory):
        raise XError("no shared memory")

    monkeypatch.setattr(Segment, "__init__", refuse)
    server = start(size=SIZE)
    rfb = NativeServer(Session(server, folder / "rfb.sock"), "a desktop")
    with pytest.raises(XError, match="no shared memory"):
        await rfb.show(server.name, server.authority)


async def test_a_display_of_other_pixels_is_named(start, folder, eventually, caplog):
    caplog.set_level(logging.ERROR)
    async with served(start(size=SIZE, depth=16), folder):
        await eventually(lambda: "a screen of depth 16 cannot be read: use depth 24" in caplog.text)


async def test_a_small_viewer_that_asks_for_nothing_else_gets_raw(start, eventually):
    async with showing(start(size=SIZE)) as shown:
        seen = await shown.view((Encoding.DESKTOP_SIZE,))
        await eventually(lambda: shown.is_exact(seen))
        assert set(seen.client.seen) == {Encoding.RAW}
