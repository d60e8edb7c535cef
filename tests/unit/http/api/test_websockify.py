"""RFB over WebSockets, against a small RFB server on a unix socket."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from desktopd.geometry import Size
from desktopd.rfb.relay.targets import Targets
from desktopd.rfb.viewers.viewer import Role
from desktopd.rfb.viewers.viewers import Viewers
from tests.unit.http.desktop import BEARER, READY, VIEW_BEARER, Desk, make_app, serving

PATHS = ["/websockify", "/ws", "/ws/"]
VERSION = b"RFB 003.008\n"
SERVER_INIT = struct.pack(">HH", 64, 48) + bytes(16) + struct.pack(">I", 4) + b"tiny"
KEY_A = struct.pack(">BBxxI", 4, 1, 0x61)
SET_DESKTOP_SIZE = struct.pack(">BxHHBx", 251, 800, 600, 1) + struct.pack(
    ">IHHHHI", *(0,) * 4, 0, 0
)
REQUEST = struct.pack(">BBHHHH", 3, 0, 0, 0, 64, 48)
BELL = b"\x02"


class RfbServer:
    """RFC 6143 without security: sends its name, then a bell for each message of a client."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.connections = 0
        self.said = asyncio.Event()
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            writer.write(VERSION)
            await reader.readexactly(12)
            writer.write(b"\x01\x01")
            await reader.readexactly(1)
            writer.write(bytes(4))
            await reader.readexactly(1)
            writer.write(SERVER_INIT)
            while data := await reader.read(65536):
                self.received += data
                self.said.set()
                writer.write(BELL)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def hears(self, message: bytes) -> None:
        async with asyncio.timeout(10):
            while message not in self.received:
                self.said.clear()
                await self.said.wait()


@asynccontextmanager
async def rfb_server(path: Path) -> AsyncIterator[RfbServer]:
    rfb = RfbServer()
    listener = await asyncio.start_unix_server(rfb.serve, path)
    try:
        yield rfb
    finally:
        listener.close()


class Vnc:
    """A viewer that has shaken hands; reads the stream of bytes that the frames make up."""

    def __init__(self, websocket: ClientConnection) -> None:
        self.websocket = websocket
        self._buffer = b""

    async def read(self, count: int) -> bytes:
        async with asyncio.timeout(10):
            while len(self._buffer) < count:
                frame = await self.websocket.recv()
                assert isinstance(frame, bytes), "RFB goes in binary frames"
                self._buffer += frame
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    async def shake_hands(self) -> None:
        assert await self.read(12) == VERSION
        await self.websocket.send(VERSION)
        assert await self.read(2) == b"\x01\x01"
        await self.websocket.send(b"\x01")
        assert await self.read(4) == bytes(4)
        await self.websocket.send(b"\x01")
        assert await self.read(len(SERVER_INIT)) == SERVER_INIT


@asynccontextmanager
async def viewing(
    app: Starlette, path: str = "/websockify", headers: dict[str, str] = BEARER, **options: Any
) -> AsyncIterator[Vnc]:
    async with serving(app) as server:
        address = server.addresses[0].replace("http", "ws") + path
        async with connect(address, additional_headers=headers, **options) as websocket:
            vnc = Vnc(websocket)
            await vnc.shake_hands()
            yield vnc


@pytest.mark.parametrize("path", PATHS)
async def test_the_desktop_is_on_each_path(folder: Path, path: str) -> None:
    desk, viewers = Desk(rfb_target=folder / "rfb"), Viewers()
    async with (
        rfb_server(desk.rfb_target) as rfb,
        viewing(make_app(desk, viewers), path) as vnc,
    ):
        await vnc.websocket.send(REQUEST + KEY_A)
        await rfb.hears(REQUEST + KEY_A)
        assert await vnc.read(1) == BELL
        (viewer,) = viewers
        assert (viewer.role, viewer.path, viewer.address) == (Role.CONTROL, "x11vnc", "127.0.0.1")
        assert viewer.bytes_sent > len(SERVER_INIT)


@pytest.mark.parametrize(
    ("offered", "agreed"), [(None, None), (["binary"], "binary"), (["base64", "binary"], "binary")]
)
async def test_the_subprotocol(folder: Path, offered: list[Any] | None, agreed: str | None) -> None:
    desk = Desk(rfb_target=folder / "rfb")
    async with (
        rfb_server(desk.rfb_target),
        viewing(make_app(desk), subprotocols=offered) as vnc,
    ):
        assert vnc.websocket.subprotocol == agreed


async def test_a_viewer_without_control_presses_no_key(folder: Path) -> None:
    desk, viewers = Desk(rfb_target=folder / "rfb"), Viewers()
    async with (
        rfb_server(desk.rfb_target) as rfb,
        viewing(make_app(desk, viewers), headers=VIEW_BEARER) as vnc,
    ):
        await vnc.websocket.send(KEY_A + REQUEST)
        await rfb.hears(REQUEST)
        assert KEY_A not in rfb.received
        assert [viewer.role for viewer in viewers] == [Role.VIEW]


async def test_a_held_key_is_released_when_its_viewer_leaves(folder: Path) -> None:
    desk, viewers = Desk(rfb_target=folder / "rfb"), Viewers()
    async with rfb_server(desk.rfb_target) as rfb, serving(make_app(desk, viewers)) as server:
        address = server.addresses[0].replace("http", "ws") + "/ws"
        async with connect(address, additional_headers=BEARER) as websocket:
            vnc = Vnc(websocket)
            await vnc.shake_hands()
            await websocket.send(KEY_A)
            await rfb.hears(KEY_A)
        await rfb.hears(struct.pack(">BBxxI", 4, 0, 0x61))


async def test_a_viewers_wish_for_a_size_is_carried_out(folder: Path) -> None:
    desk = Desk(rfb_target=folder / "rfb")
    resized = asyncio.Event()
    desk.on_change(resized.set)
    async with rfb_server(desk.rfb_target), viewing(make_app(desk)) as vnc:
        await vnc.websocket.send(SET_DESKTOP_SIZE)
        async with asyncio.timeout(10):
            await resized.wait()
    assert desk.status.display
    assert desk.status.display.size == Size(800, 600)


async def test_a_wish_that_fails_ends_nothing(folder: Path) -> None:
    desk = Desk(rfb_target=folder / "rfb", status=replace(READY, display=None))
    async with rfb_server(desk.rfb_target) as rfb, viewing(make_app(desk)) as vnc:
        await vnc.websocket.send(SET_DESKTOP_SIZE + REQUEST)
        await rfb.hears(REQUEST)


async def test_an_rfb_server_that_is_down_is_a_503(folder: Path) -> None:
    viewers = Viewers()
    async with serving(make_app(Desk(rfb_target=folder / "rfb"), viewers)) as server:
        address = server.addresses[0].replace("http", "ws") + "/websockify"
        with pytest.raises(InvalidStatus) as refusal:
            await connect(address, additional_headers=BEARER)
    response = refusal.value.response
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert len(viewers) == 0


async def test_a_protocol_error_ends_the_viewer(folder: Path) -> None:
    desk, viewers = Desk(rfb_target=folder / "rfb"), Viewers()
    async with (
        rfb_server(desk.rfb_target),
        viewing(make_app(desk, viewers)) as vnc,
    ):
        await vnc.websocket.send(b"\xfe" * 100)
        with pytest.raises(ConnectionClosed) as closed:
            await vnc.read(1000)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1002
        assert len(viewers) == 0


async def test_a_text_frame_ends_the_viewer(folder: Path) -> None:
    desk, viewers = Desk(rfb_target=folder / "rfb"), Viewers()
    async with rfb_server(desk.rfb_target), viewing(make_app(desk, viewers)) as vnc:
        await vnc.websocket.send("text")
        with pytest.raises(ConnectionClosed):
            await vnc.read(1000)


async def test_the_end_of_the_rfb_server_is_told_as_a_restart(folder: Path) -> None:
    desk = Desk(rfb_target=folder / "rfb")
    async with rfb_server(desk.rfb_target) as rfb, viewing(make_app(desk)) as vnc:
        rfb.writers[0].close()
        with pytest.raises(ConnectionClosed) as closed:
            await vnc.read(1000)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1012


# websockify leaves closing its file to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
class TestTargets:
    @pytest.fixture
    def app(self, folder: Path) -> Starlette:
        (folder / "targets").write_text(
            f"ada: unix_socket:{folder}/ada\nbob: unix_socket:{folder}/bob\n"
        )
        targets = Targets("ReadOnlyTokenFile", str(folder / "targets"))
        return make_app(Desk(rfb_target=folder / "rfb"), targets=targets)

    async def test_a_name_picks_the_target(self, folder: Path, app: Starlette) -> None:
        async with (
            rfb_server(folder / "rfb") as own,
            rfb_server(folder / "ada") as ada,
            viewing(app, "/websockify?token=ada") as vnc,
        ):
            await vnc.websocket.send(KEY_A)
            await ada.hears(KEY_A)
            assert own.connections == 0

    async def test_without_a_name_it_is_our_own(self, folder: Path, app: Starlette) -> None:
        async with (
            rfb_server(folder / "rfb") as own,
            rfb_server(folder / "ada") as ada,
            viewing(app, "/websockify"),
        ):
            assert (own.connections, ada.connections) == (1, 0)

    @pytest.mark.parametrize(
        ("query", "headers", "status"),
        [
            ("token=carol", BEARER, 404),
            ("token=", BEARER, 404),
            ("token=../ada", BEARER, 404),
            ("token=%C3%BC%00", BEARER, 404),
            ("token=bob", BEARER, 503),
            ("token=ada", {}, 403),
            (f"token={BEARER['Authorization'].split()[1]}", {}, 403),
        ],
    )
    async def test_other_names(
        self, folder: Path, app: Starlette, query: str, headers: dict[str, str], status: int
    ) -> None:
        async with rfb_server(folder / "ada") as ada, serving(app) as server:
            address = server.addresses[0].replace("http", "ws") + f"/websockify?{query}"
            with pytest.raises(InvalidStatus) as refusal:
                await connect(address, additional_headers=headers)
            assert refusal.value.response.status_code == status
            assert ada.connections == 0
