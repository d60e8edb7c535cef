"""A conversation of a viewer with its connection, without a display and without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from struct import pack
from typing import Any

import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.cursor import CursorShape
from desktopd.rfb.protocol import server_messages
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from desktopd.rfb.protocol.rectangles import Led
from desktopd.rfb.server.client_connection import ClientConnection
from desktopd.rfb.server.client_state import ClientState, Update, UpdateRequest
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.seat import Seat
from desktopd.rfb.server.watchers_queues import WatchersQueues
from desktopd.rfb.server.watchers_room import WatchersRooms
from desktopd.rfb.viewers.connection import Ending, Limits
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from tests.unit.turns import until

SIZE = Size(640, 480)
WHOLE = Rectangle.of(SIZE)
LIMITS = Limits(stall=20.0)
VERSION = b"RFB 003.008\n"
HELLO = VERSION + b"\1\1"
GREETING = VERSION + b"\1\1" + bytes(4)
START = GREETING + server_messages.server_init(640, 480, NATIVE, "a desktop")
FENCED = (Encoding.TIGHT, Encoding.JPEG_QUALITY_9, Encoding.H264, Encoding.FENCE)


class Keys:
    def __init__(self, log: list[object]) -> None:
        self.log = log

    def key(self, keysym: int, down: bool, scancode: int | None = None) -> None:
        self.log.append(("key", keysym, down, scancode))

    def release_all(self) -> None:
        self.log.append("keys released")


class Pointer:
    def __init__(self, log: list[object]) -> None:
        self.log = log

    def event(self, x: int, y: int, buttons: int) -> None:
        self.log.append(("pointer", x, y, buttons))

    def release_all(self) -> None:
        self.log.append("buttons released")


class LoggedDisplay:
    """What a connection needs of a display, writing down what it is asked for."""

    name = "a desktop"
    video = True
    watchers_rooms = WatchersRooms()
    watchers_queues = WatchersQueues()
    size = SIZE
    scale = None
    cursor = CursorShape(1, 2, 1, 1, b"\1\2\3\xff")
    leds = Led.NUM_LOCK

    def __init__(self) -> None:
        self.log: list[object] = []
        self.looks = 0
        """How often the capture loop was to look at the viewers."""
        self.framebuffer = Framebuffer(SIZE)

    def wake(self) -> None:
        self.looks += 1

    def proceed(self) -> None:
        self.looks += 1

    def seat(self) -> Any:
        return Seat(Keys(self.log), Pointer(self.log))  # type: ignore[arg-type]

    async def resize(self, viewer: Viewer, size: Size, scale: float | None) -> None:
        self.log.append(("resize", size, scale))

    def used(self, viewer: Viewer) -> None:
        viewer.used()

    def is_sized_by_viewer(self) -> bool:
        return False

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        with pytest.raises(StopIteration):
            work.send(None)

    def clipboard_text(self) -> str:
        return "text"

    def copy(self, text: str) -> None:
        self.log.append(("copy", text))


class Wire:
    """The viewer's side: what it has heard, and what it will say."""

    def __init__(self) -> None:
        self.heard = b""
        self.reads = True
        self.all_read = False
        """The other side has taken everything, and waits for more."""
        self._says: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.unacknowledged = 0

    async def receive(self) -> bytes | None:
        self.all_read = self._says.empty()
        return await self._says.get()

    async def send(self, data: bytes) -> None:
        if not self.reads:
            await asyncio.Event().wait()
        self.heard += data

    def say(self, data: bytes | None) -> None:
        self.all_read = False
        self._says.put_nowait(data)


class Talk:
    """A viewer that is served."""

    def __init__(self, role: Role = Role.CONTROL, limits: Limits = LIMITS) -> None:
        self.display, self.wire = LoggedDisplay(), Wire()
        self.viewer = Viewer(role=role, address="test", path=PixelPath.NATIVE)
        self.client = ClientConnection(self.display, self.wire, self.viewer, limits)
        self.serving = asyncio.create_task(self.client.run())

    async def hears(self, *data: bytes) -> bytes:
        """Say all of it; returns what was heard until the server had nothing more to say."""
        for part in data:
            self.wire.say(part)
        await until(lambda: self.serving.done() or (self.wire.all_read and self.all_sent))
        heard, self.wire.heard = self.wire.heard, b""
        return heard

    @property
    def all_sent(self) -> bool:
        return self.client._send_queue.empty

    def claim(self) -> UpdateRequest | None:
        return self.client.updates.pending.claim()

    def deliver(self, request: UpdateRequest | None, data: bytes) -> UpdateRequest:
        """Deliver what was claimed; `data` is the update."""
        assert request is not None, "no update is welcome"
        state = request.state or ClientState(self.display.framebuffer)
        self.client.updates.deliver(Update(state, data, exact=True))
        return request

    def gets(self, data: bytes) -> UpdateRequest:
        """Have an update made for the viewer; returns what it had to be like."""
        return self.deliver(self.claim(), data)

    async def end(self) -> Ending:
        self.wire.say(None)
        return await asyncio.wait_for(self.serving, 10)


def set_pixel_format(pixel_format: PixelFormat) -> bytes:
    return b"\0\0\0\0" + pixel_format.pack()


def set_encodings(*encodings: int) -> bytes:
    return pack(f">BxH{len(encodings)}i", 2, len(encodings), *encodings)


def request(incremental: bool, area: Rectangle = WHOLE) -> bytes:
    return pack(">BBHHHH", 3, incremental, area.x, area.y, area.width, area.height)


def continuous_updates(enable: bool) -> bytes:
    return pack(">BBHHHH", 150, enable, 0, 0, SIZE.width, SIZE.height)


def client_fence(payload: bytes, flags: int = 0) -> bytes:
    return pack(">BxxxIB", 248, flags, len(payload)) + payload
