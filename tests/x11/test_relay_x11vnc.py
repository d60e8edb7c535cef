"""The relay in front of a real x11vnc, watched by a real X client."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from struct import pack, unpack

import pytest
from Xlib import XK, X
from Xlib.display import Display
from Xlib.protocol.rq import Event
from Xlib.xauth import FamilyLocal

from desktopd.errors import DisplayUnavailable
from desktopd.rfb.relay.relay_server import RelayServer
from desktopd.rfb.relay.upstream import UnixTarget, connect
from desktopd.rfb.viewers.connection import Cause, Ending
from desktopd.rfb.viewers.control import ControlMode
from desktopd.rfb.viewers.people import People, Visitor
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.viewers import Viewers
from tests.x11.conftest import own_number

DEADLINE = 20.0
WIDTH, HEIGHT = 320, 240
RED = 0xFF0000
ALL_RED = pack("<I", RED) * (WIDTH * HEIGHT)
RAW, EXTENDED_DESKTOP_SIZE = 0, -308
REQUESTED_BY_THIS_VIEWER, PROHIBITED = 1, 1


@contextmanager
def process(
    log: Path, *argv: str, pass_fds: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """A child that logs to `log`, ended with the block."""
    with log.open("wb") as output:
        child = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, pass_fds=pass_fds
        )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(5)


@pytest.fixture
def display(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of an Xvfb of its own, with a cookie that keeps other tests' clients out."""
    authority, log = folder / "authority", folder / "xvfb.log"
    authority.write_bytes(authority_entry(socket.gethostname().encode(), token_bytes(16)))
    monkeypatch.setenv("XAUTHORITY", str(authority))
    reading, writing = os.pipe()
    flags = f"-displayfd {writing} -screen 0 {WIDTH}x{HEIGHT}x24 -noreset -nolisten tcp -auth"
    with (
        own_number() as own,
        process(log, "Xvfb", f":{own}", *flags.split(), str(authority), pass_fds=[writing]),
        os.fdopen(reading) as number,
    ):
        os.close(writing)
        name = number.readline().strip()
        assert name, f"Xvfb did not start: {log.read_text(errors='replace')}"
        yield f":{name}"


def authority_entry(host: bytes, cookie: bytes) -> bytes:
    """For every display on this host."""
    fields = (host, b"", b"MIT-MAGIC-COOKIE-1", cookie)
    return pack(">H", FamilyLocal) + b"".join(pack(">H", len(f)) + f for f in fields)


@dataclass
class Recorder:
    """An X client that hears of all input."""

    display: Display

    async def event(self) -> Event:
        """The next event, without those that every client gets when the keyboard changes."""
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until:
            while self.display.pending_events():
                if (event := self.display.next_event()).type != X.MappingNotify:
                    return event
            await asyncio.sleep(0.01)
        pytest.fail("no X event came")

    async def pressed_key(self) -> int:
        """The keysym of the next event, which must be a KeyPress."""
        event = await self.event()
        assert event.type == X.KeyPress
        return int(self.display.keycode_to_keysym(event.detail, 0))


@pytest.fixture
def recorder(display: str) -> Iterator[Recorder]:
    """It has a red window all over the screen, and the focus."""
    connection = Display(display)
    screen = connection.screen()
    window = screen.root.create_window(
        *(0, 0, WIDTH, HEIGHT, 0, screen.root_depth),
        background_pixel=RED,
        override_redirect=True,
        event_mask=X.KeyPressMask
        | X.KeyReleaseMask
        | X.PointerMotionMask
        | X.ButtonPressMask
        | X.ButtonReleaseMask,
    )
    window.map()
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    connection.sync()
    yield Recorder(connection)
    connection.close()


@pytest.fixture
async def rfb(display: str, folder: Path) -> AsyncIterator[UnixTarget]:
    """An x11vnc that listens on a unix socket and nowhere else."""
    target, log = UnixTarget(folder / "rfb"), folder / "x11vnc.log"
    flags = "-shared -forever -rfbport 0 -rfbportv6 -1 -nopw -nocursor -repeat -noxrecord -wait 8"
    argv = ["x11vnc", "-display", display, "-unixsock", str(target.path), *flags.split()]
    with process(log, *argv) as child:
        until = time.monotonic() + DEADLINE
        while True:
            try:
                upstream = await connect(target)
            except DisplayUnavailable as error:
                if child.poll() is not None or time.monotonic() > until:
                    pytest.fail(f"{error}\n{log.read_text(errors='replace')}")
                await asyncio.sleep(0.02)
            else:
                upstream.writer.close()
                await upstream.writer.wait_closed()
                break
        yield target


class Browser:
    """A viewer's end, in memory; `sees` is what the server has sent to it.

    `answers`: cause and status of each ExtendedDesktopSize rectangle (rfbproto).
    """

    def __init__(self) -> None:
        self.says: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.sees = asyncio.StreamReader()
        self.answers: list[tuple[int, int]] = []
        self.unacknowledged = 0

    async def receive(self) -> bytes | None:
        return await self.says.get()

    async def send(self, data: bytes) -> None:
        self.sees.feed_data(data)

    def say(self, message: bytes | None) -> None:
        self.says.put_nowait(message)

    async def handshake(self) -> None:
        assert await self.sees.readexactly(12) == b"RFB 003.008\n"
        self.say(b"RFB 003.008\n")
        (count,) = await self.sees.readexactly(1)
        assert 1 in await self.sees.readexactly(count)
        self.say(b"\x01")
        assert await self.sees.readexactly(4) == bytes(4)
        self.say(b"\x00")
        width, height, name = unpack(">HH16xI", await self.sees.readexactly(24))
        assert (width, height) == (WIDTH, HEIGHT)
        await self.sees.readexactly(name)
        self.say(pack(">BxHi", 2, 1, RAW))

    async def picture(self) -> bytes:
        """One whole screen, asked for now."""
        self.say(pack(">BBHHHH", 3, 0, 0, 0, WIDTH, HEIGHT))
        screen = bytearray(4 * WIDTH * HEIGHT)
        drawn = 0
        while not drawn:
            kind, rectangles = unpack(">BxH", await self.sees.readexactly(4))
            assert kind == 0
            for _ in range(rectangles):
                drawn += await self._rectangle(screen)
        return bytes(screen)

    async def _rectangle(self, screen: bytearray) -> int:
        """The number of pixels that it has."""
        x, y, width, height, encoding = unpack(">HHHHi", await self.sees.readexactly(12))
        if encoding == EXTENDED_DESKTOP_SIZE:
            (screens,) = unpack(">Bxxx", await self.sees.readexactly(4))
            await self.sees.readexactly(16 * screens)
            self.answers.append((x, y))
            return 0
        assert encoding == RAW
        for row in range(y, y + height):
            start = 4 * (row * WIDTH + x)
            screen[start : start + 4 * width] = await self.sees.readexactly(4 * width)
        return int(width * height)


@asynccontextmanager
async def viewing(
    target: UnixTarget,
    role: Role,
    add: Callable[[Viewer], AbstractContextManager[object]] = nullcontext,
) -> AsyncIterator[Browser]:
    """A viewer with a relay to x11vnc, after the handshake."""
    browser = Browser()
    viewer = Viewer(role=role, address="127.0.0.1", path=PixelPath.X11VNC)
    connection = await RelayServer(PixelPath.X11VNC, target).connect()

    async def serve() -> Ending:
        with add(viewer):
            return await connection.serve(browser, viewer)

    task = asyncio.create_task(serve())
    task.add_done_callback(lambda _: browser.sees.feed_eof())
    try:
        async with asyncio.timeout(DEADLINE):
            await browser.handshake()
            yield browser
            assert viewer.codec == "raw"
            browser.say(None)
            assert (await task).cause is Cause.VIEWER_LEFT
    finally:
        task.cancel()
        await asyncio.wait([task])


def key(keysym: int, down: bool = True) -> bytes:
    return pack(">B?xxI", 4, down, keysym)


def pointer(buttons: int) -> bytes:
    return pack(">BBHH", 5, buttons, 30, 40)


async def test_a_viewer_in_control_sees_types_and_points(
    rfb: UnixTarget, recorder: Recorder
) -> None:
    async with viewing(rfb, Role.CONTROL) as browser:
        assert await browser.picture() == ALL_RED
        browser.say(key(XK.XK_a) + key(XK.XK_a, down=False))
        assert await recorder.pressed_key() == XK.XK_a
        assert (await recorder.event()).type == X.KeyRelease

        browser.say(pointer(0) + pointer(1))
        while (event := await recorder.event()).type == X.MotionNotify:
            assert (event.event_x, event.event_y) == (30, 40)
        assert (event.type, event.detail) == (X.ButtonPress, 1)
        browser.say(pointer(0))
        assert (await recorder.event()).type == X.ButtonRelease


async def test_a_viewer_that_leaves_lets_go(rfb: UnixTarget, recorder: Recorder) -> None:
    async with viewing(rfb, Role.CONTROL) as browser:
        browser.say(key(XK.XK_Shift_L))
        assert await recorder.pressed_key() == XK.XK_Shift_L
    assert (await recorder.event()).type == X.KeyRelease


async def test_what_is_held_is_released_when_control_goes(
    rfb: UnixTarget, recorder: Recorder
) -> None:
    viewers = Viewers(People(ControlMode.ONE))
    zoe, ben = (Visitor(name, Role.CONTROL) for name in ("zoe", "ben"))
    async with (
        viewing(rfb, Role.CONTROL, lambda viewer: viewers.add(viewer, zoe)) as first,
        viewing(rfb, Role.CONTROL, lambda viewer: viewers.add(viewer, ben)) as second,
    ):
        first.say(key(XK.XK_Shift_L))
        assert await recorder.pressed_key() == XK.XK_Shift_L
        holder, other = viewers.people
        with viewers.people.deciding() as control:
            control.give(holder.id, other.id)
        assert (await recorder.event()).type == X.KeyRelease
        first.say(key(XK.XK_x))
        second.say(key(XK.XK_a))
        assert await recorder.pressed_key() == XK.XK_a


async def test_a_viewer_without_control_sees_and_is_not_felt(
    rfb: UnixTarget, recorder: Recorder
) -> None:
    async with viewing(rfb, Role.VIEW) as browser:
        browser.say(key(XK.XK_a) + key(XK.XK_a, down=False))
        browser.say(pack(">BBHII", 255, 0, 1, XK.XK_a, 0x1E))
        browser.say(pointer(0) + pointer(1) + pointer(0))
        browser.say(pack(">BxxxI", 6, 4) + b"text")
        assert await browser.picture() == ALL_RED
        async with viewing(rfb, Role.CONTROL) as control:
            control.say(key(XK.XK_b))
            assert await recorder.pressed_key() == XK.XK_b


async def test_x11vnc_answers_set_desktop_size(rfb: UnixTarget, recorder: Recorder) -> None:
    async with viewing(rfb, Role.CONTROL) as browser:
        browser.say(pack(">BxH2i", 2, 2, RAW, EXTENDED_DESKTOP_SIZE))
        assert await browser.picture() == ALL_RED
        browser.say(pack(">BxHHBxIHHHHI", 251, 200, 100, 1, 0, 0, 0, 200, 100, 0))
        while (REQUESTED_BY_THIS_VIEWER, PROHIBITED) not in browser.answers:
            await browser.picture()
