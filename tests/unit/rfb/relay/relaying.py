"""A relay between a viewer in memory and a server behind a real pair of sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from struct import pack

from desktopd.geometry import Size
from desktopd.rfb.relay.backlog import WatchersBacklogs
from desktopd.rfb.relay.relay import Relay
from desktopd.rfb.relay.upstream import Upstream
from desktopd.rfb.viewers.connection import Ending, Limits
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.wanted_sizes import WantedSizes

VERSION = b"RFB 003.008\n"
GREETING = VERSION + b"\x01\x00"
GREETING_SHARED = VERSION + b"\x01\x01"
REQUEST = pack(">BBHHHH", 3, 1, 0, 0, 640, 480)
CUT_TEXT = pack(">BxxxI", 6, 4) + b"text"
RESIZE = pack(">BxHHBxIHHHHI", 251, 1024, 768, 1, 0, 0, 0, 1024, 768, 0)
DEADLINE = 20.0
USUAL = Limits()


def key(keysym: int, down: bool = True) -> bytes:
    return pack(">B?xxI", 4, down, keysym)


def qemu_key(keysym: int, keycode: int, down: bool = True) -> bytes:
    return pack(">BBHII", 255, 0, down, keysym, keycode)


def pointer(buttons: int, x: int = 10, y: int = 20) -> bytes:
    return pack(">BBHH", 5, buttons, x, y)


def set_encodings(*encodings: int) -> bytes:
    return pack(f">BxH{len(encodings)}i", 2, len(encodings), *encodings)


class Browser:
    """A viewer's end, in memory. It takes nothing while `reading` is cleared.

    `pace`: seconds that it needs for each message.
    """

    def __init__(self) -> None:
        self.says: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.messages: list[bytes] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.pace = 0.0
        self.gone = False
        self.unacknowledged = 0
        self._news = asyncio.Condition()

    async def receive(self) -> bytes | None:
        return await self.says.get()

    async def send(self, data: bytes) -> None:
        await self.reading.wait()
        await asyncio.sleep(self.pace)
        if self.gone:
            raise ConnectionResetError("the browser is gone")
        self.messages.append(data)
        async with self._news:
            self._news.notify_all()

    async def sees(self, data: bytes) -> None:
        """Wait until everything up to and with `data` has come."""
        async with asyncio.timeout(DEADLINE), self._news:
            await self._news.wait_for(lambda: data in b"".join(self.messages))


@dataclass
class Desk:
    """A viewer, the relay under test, and the server's end of its sockets."""

    browser: Browser
    viewer: Viewer
    server: asyncio.StreamReader
    server_writer: asyncio.StreamWriter
    task: asyncio.Task[Ending]
    resizes: list[Size] = field(default_factory=list)

    async def connect(self, greeting: bytes = GREETING) -> None:
        self.server_writer.write(VERSION)
        self.say(greeting)
        await self.server_hears(greeting[:-1] + b"\x01")

    def say(self, *messages: bytes | None) -> None:
        for message in messages:
            self.browser.says.put_nowait(message)

    async def server_hears(self, data: bytes) -> None:
        async with asyncio.timeout(DEADLINE):
            assert await self.server.readexactly(len(data)) == data

    async def server_hears_last(self, data: bytes) -> None:
        async with asyncio.timeout(DEADLINE):
            assert await self.server.read() == data
        self.server_writer.close()

    async def server_sends(self, data: bytes) -> None:
        """Until all of it is in the hands of the kernel."""
        self.server_writer.transport.set_write_buffer_limits(0)
        self.server_writer.write(data)
        async with asyncio.timeout(DEADLINE):
            await self.server_writer.drain()

    async def ending(self) -> Ending:
        async with asyncio.timeout(DEADLINE):
            return await self.task


@asynccontextmanager
async def relaying(
    role: Role = Role.CONTROL,
    *,
    watchers: WatchersBacklogs | None = None,
    limits: Limits = USUAL,
    clipboard: bool = True,
    resizes_itself: bool = True,
    resize_error: Exception | None = None,
    clock: Callable[[], float] | None = None,
) -> AsyncIterator[Desk]:
    near, far = socket.socketpair()
    upstream = Upstream(*await asyncio.open_unix_connection(sock=near))
    server, server_writer = await asyncio.open_unix_connection(sock=far)
    browser = Browser()
    viewer = Viewer(role=role, address="127.0.0.1", path=PixelPath.X11VNC)
    viewer.clock = clock or viewer.clock
    resizes: list[Size] = []

    async def resize(size: Size, scale: float | None) -> None:
        resizes.append(size)
        if resize_error is not None:
            raise resize_error

    relay = Relay(
        browser,
        upstream,
        viewer,
        sizes=WantedSizes(resize) if resizes_itself else None,
        clipboard=clipboard,
        limits=limits,
        watchers=watchers or WatchersBacklogs(),
    )
    task = asyncio.create_task(relay.run())
    try:
        yield Desk(browser, viewer, server, server_writer, task, resizes)
    finally:
        server_writer.transport.abort()
        task.cancel()
        await asyncio.wait([task])
