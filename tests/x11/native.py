"""A display shown by the native server, a client that draws on it, and viewers of it."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from Xlib import X

from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.rfb.encoders.pixels import translate
from desktopd.rfb.listeners.unix_socket import StreamTransport
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from desktopd.rfb.server.native_server import LIMITS, NativeServer
from desktopd.rfb.viewers.connection import Ending, Limits
from desktopd.rfb.viewers.people import Visitor
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.x11.connection import Connection, Display
from desktopd.x11.screen.screenshot import read_pixels
from desktopd.x11.screen.size import ScreenSize
from desktopd.x11.selections.clipboard import Clipboard
from tests.rfb_viewer import VIDEO, RfbViewer

if TYPE_CHECKING:
    from conftest import Server

LARGEST = Size(7680, 4320)
SECONDS = 60.0
MOVING = Size(320, 240)
"""What moves on most displays here."""
SIDE = 32  # pixels of the squares that hold a picture's number
LEVELS = 12
Pixels = NDArray[np.uint32]


def shared_memory() -> int:
    """How many pieces of System V shared memory this process has mapped, garbage aside."""
    gc.collect()
    return Path("/proc/self/maps").read_text().count("/SYSV")


class Desktop:
    """The screen and the clipboard of a display, as a session has them."""

    def __init__(self, screen: ScreenSize, clipboard: Clipboard) -> None:
        self.screen, self.clipboard = screen, clipboard

    @property
    def clipboard_text(self) -> str:
        return self.clipboard.text

    scale = None

    async def resize(self, size: Size, scale: float | None = None) -> Size:
        return await self.screen.resize(size)

    async def set_clipboard(self, text: str) -> None:
        await self.clipboard.set(text)

    def on_clipboard(self, handler: Callable[[str], None]) -> Callable[[], None]:
        return self.clipboard.on_change(handler)


class Seen:
    """A viewer, what the server knows of it, and how it ended."""

    def __init__(self, client: RfbViewer, viewer: Viewer) -> None:
        self.client, self.viewer = client, viewer
        self.served: asyncio.Task[Ending]
        self.running: asyncio.Task[None]

    def failure(self) -> BaseException | None:
        """What the server said that it may not say."""
        return self.running.exception() if self.running.done() else None

    async def leave(self) -> None:
        """Close the connection, and wait until the server has noticed."""
        await self.client.close()
        await asyncio.wait_for(self.served, SECONDS)
        await self.running


class Shown:
    """A display with the native server."""

    def __init__(
        self, server: Server, rfb: NativeServer, desktop: Desktop, eyes: Connection
    ) -> None:
        self.server, self.rfb, self.desktop, self.eyes = server, rfb, desktop, eyes
        self.viewers = Viewers()
        self.running: asyncio.Task[None]
        self._stack = AsyncExitStack()

    async def view(
        self,
        encodings: Iterable[int] = VIDEO,
        pixel_format: PixelFormat = NATIVE,
        role: Role = Role.CONTROL,
        on_update: Callable[[RfbViewer], None] = lambda _: None,
        visitor: Visitor | None = None,
    ) -> Seen:
        """One more viewer, which stays until the end of the test."""
        ours, theirs = socket.socketpair()
        transport = StreamTransport(*await asyncio.open_connection(sock=ours))
        client = RfbViewer(*await asyncio.open_connection(sock=theirs), encodings, pixel_format)
        client.on_update = on_update
        viewer = Viewer(role=role, address="test", path=PixelPath.NATIVE)
        seen = Seen(client, viewer)
        seen.served = asyncio.create_task(self._serve(transport, viewer, visitor))
        seen.running = asyncio.create_task(client.run())
        self._stack.push_async_callback(self._end, seen)
        return seen

    async def _serve(
        self, transport: StreamTransport, viewer: Viewer, visitor: Visitor | None
    ) -> Ending:
        try:
            connection = await self.rfb.connect()
            with self.viewers.add(viewer, visitor):
                return await connection.serve(transport, viewer)
        finally:
            transport._writer.transport.abort()

    async def _end(self, seen: Seen) -> None:
        await seen.client.close()
        for task in (seen.served, seen.running):
            task.cancel()
        results = await asyncio.gather(seen.served, seen.running, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, DisplayUnavailable):
                raise result

    async def screen(self, target: PixelFormat = NATIVE) -> Pixels:
        """All pixels that X has, as numbers of a pixel format."""

        def read(display: Display) -> Pixels:
            geometry = display.screen().root.get_geometry()
            size = Size(geometry.width, geometry.height)
            rows = max(1, 200_000 // (size.width * 4))
            strips = [
                read_pixels(display, 0, y, Size(size.width, min(rows, size.height - y)))
                for y in range(0, size.height, rows)
            ]
            return np.frombuffer(b"".join(strips), np.uint32).reshape(size.height, size.width)

        return translate(await self.eyes.call(read, timeout=SECONDS), target).astype(np.uint32)

    async def is_exact(self, seen: Seen) -> bool | str:
        """Whether the viewer has every pixel, and both sides say so; what is wrong where not."""
        if failure := seen.failure():
            raise failure
        client, real = seen.client, await self.screen(seen.client.pixel_format)
        if client.picture.shape != real.shape:
            return f"{client.picture.shape} instead of {real.shape}"
        different = int((client.picture != real).sum())
        wrong = different, int(client.lossy.sum()), seen.viewer.exact
        return wrong == (0, 0, True) or "{} pixels wrong, {} lossy, exact: {}".format(*wrong)


@asynccontextmanager
async def showing(
    server: Server, size: Size | None = None, limits: Limits = LIMITS
) -> AsyncIterator[Shown]:
    """The native server on the display of `server`."""
    async with AsyncExitStack() as stack:
        eyes = await Connection.open(server.name, server.authority)
        stack.push_async_callback(eyes.close)
        screen = await ScreenSize.open(eyes, LARGEST)
        if size is not None:
            await screen.resize(size)
        desktop = Desktop(screen, await Clipboard.open(eyes))
        rfb = NativeServer(desktop, "a desktop", limits)
        shown = Shown(server, rfb, desktop, eyes)
        shown.running = asyncio.create_task(rfb.show(server.name, server.authority))
        stack.push_async_callback(_finish, shown.running)
        await stack.enter_async_context(shown._stack)
        await _started(shown)
        yield shown


async def _started(shown: Shown) -> None:
    """Wait until a viewer is let in; this one leaves at once."""
    deadline = asyncio.get_running_loop().time() + SECONDS
    while True:
        probe = await shown.view()
        await asyncio.sleep(0)
        if not probe.served.done() or not isinstance(probe.served.exception(), DisplayUnavailable):
            await probe.leave()
            return
        await probe.client.close()
        if shown.running.done():
            shown.running.result()
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.01)


async def _finish(running: asyncio.Task[None]) -> None:
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


class Painter:
    """A client of X whose window shows pictures one after the other, each drawn in one request."""

    def __init__(self, connection: Connection, window: Any, gc: Any, pictures: list[Any]) -> None:
        self._connection = connection
        self._window, self._gc, self._pictures = window, gc, pictures
        self.size: Size
        self.count = 0

    @classmethod
    async def open(cls, connection: Connection, size: Size, x: int = 0, y: int = 0) -> Painter:
        """A window of photographs, each with its number in the corners, at first black."""
        painter = await connection.call(partial(cls._open, connection, size, x, y))
        painter.size = size
        return painter

    @classmethod
    def _open(cls, connection: Connection, size: Size, x: int, y: int, display: Display) -> Painter:
        screen = display.screen()
        window = screen.root.create_window(
            *(x, y, size.width, size.height, 0, X.CopyFromParent),
            override_redirect=True,
            background_pixel=screen.black_pixel,
        )
        gc = window.create_gc()
        pictures = []
        for number in range(LEVELS):
            pixmap = window.create_pixmap(size.width, size.height, screen.root_depth)
            put_image(pixmap, gc, photograph(size, number))
            pictures.append(pixmap)
        window.map()
        display.sync()
        return cls(connection, window, gc, pictures)

    async def paint(self, number: int | None = None) -> None:
        """Show the next picture, or that of a number."""
        self.count = self.count + 1 if number is None else number

        def draw(display: Display) -> None:
            picture = self._pictures[self.count % LEVELS]
            size = self.size.width, self.size.height
            self._window.copy_area(self._gc, picture, 0, 0, *size, 0, 0)
            display.sync()

        await self._connection.call(draw)

    async def keep_painting(self, frame: float = 1 / 30) -> None:
        """Until cancelled."""
        while True:
            await self.paint()
            await asyncio.sleep(frame)

    async def scroll(self, down: int) -> None:
        """Move what is shown, and put something else where it came from."""

        def draw(display: Display) -> None:
            width, height = self.size.width, self.size.height
            source, target = max(0, -down), max(0, down)
            rows = height - abs(down)
            self._window.copy_area(self._gc, self._window, 0, source, width, rows, 0, target)
            rest = 0 if down > 0 else rows
            picture = self._pictures[abs(down) % LEVELS]
            self._window.copy_area(self._gc, picture, 0, 0, width, abs(down), 0, rest)
            display.sync()

        await self._connection.call(draw)

    async def fill(self, x: int, y: int, width: int, height: int, colour: int) -> None:
        """One rectangle of one colour."""

        def draw(display: Display) -> None:
            gc = self._window.create_gc(foreground=colour)
            self._window.fill_rectangle(gc, x, y, width, height)
            gc.free()
            display.sync()

        await self._connection.call(draw)

    @asynccontextmanager
    async def painting(self, frame: float = 1 / 30) -> AsyncIterator[None]:
        """Paint for as long as the block runs."""
        task = asyncio.create_task(self.keep_painting(frame))
        try:
            yield
        finally:
            task.cancel()
            result = (await asyncio.gather(task, return_exceptions=True))[0]
            if isinstance(result, Exception):
                raise result


def photograph(size: Size, number: int) -> Pixels:
    """Many colours that move with `number`, which two squares tell."""
    y, x = np.mgrid[0 : size.height, 0 : size.width]
    shade = np.sin((x + 9 * number) / 23) * np.cos((y - 5 * number) / 31)
    grain = np.random.default_rng(number).integers(0, 12, x.shape)
    red = (120 + 100 * shade + grain).astype(np.uint32)
    green = (x * 255 // size.width).astype(np.uint32)
    blue = (y * 255 // size.height).astype(np.uint32)
    found: Pixels = red << 16 | green << 8 | blue
    grey = np.uint32(number_level(number) * 0x010101)
    found[:SIDE, :SIDE] = grey
    found[-SIDE:, -SIDE:] = grey
    return found


def number_level(number: int) -> int:
    """The grey that stands for a number."""
    return 10 + number % LEVELS * 20


def shown_numbers(picture: Pixels, x: int, y: int, size: Size) -> tuple[int, int]:
    """What the squares of a painter's picture tell, in a picture in NATIVE pixels."""
    part = picture[y : y + size.height, x : x + size.width] >> 8 & 0xFF
    squares = (part[8:24, 8:24], part[-24:-8, -24:-8])
    first, second = (round((float(square.mean()) - 10) / 20) for square in squares)
    return first, second


def put_image(drawable: Any, gc: Any, pixels: Pixels) -> None:
    """Draw pixels in as many requests as it takes."""
    height, width = pixels.shape
    rows = max(1, 200_000 // (width * 4))
    for y in range(0, height, rows):
        strip = np.ascontiguousarray(pixels[y : y + rows])
        drawable.put_image(gc, 0, y, width, len(strip), X.ZPixmap, 24, 0, strip.tobytes())
