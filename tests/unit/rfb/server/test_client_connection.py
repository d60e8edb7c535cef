"""What a viewer of the native server says, and what it hears, without a display."""

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
from desktopd.rfb.protocol.server_messages import FenceFlag, Led, XvpCode
from desktopd.rfb.server import client_connection as clients
from desktopd.rfb.server.client_connection import ClientConnection
from desktopd.rfb.server.client_state import ClientState, Update, UpdateRequest
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.seat import Seat
from desktopd.rfb.viewers.connection import Cause, Ending, Limits
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer

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


class Desk:
    """What a peer needs of the server, writing down what it is asked for."""

    name = "a desktop"
    video = True
    size = SIZE
    cursor = CursorShape(1, 2, 1, 1, b"\1\2\3\xff")
    leds = Led.NUM_LOCK

    def __init__(self) -> None:
        self.log: list[object] = []
        self.framebuffer = Framebuffer(SIZE)

    def wake(self) -> None:
        pass

    def proceed(self) -> None:
        pass

    def seat(self) -> Any:
        return Seat(Keys(self.log), Pointer(self.log))  # type: ignore[arg-type]

    async def resize(self, size: Size) -> None:
        self.log.append(("resize", size))

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
        self._says: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def receive(self) -> bytes | None:
        return await self._says.get()

    async def send(self, data: bytes) -> None:
        if not self.reads:
            await asyncio.Event().wait()
        self.heard += data

    def say(self, data: bytes | None) -> None:
        self._says.put_nowait(data)


class Talk:
    """A viewer that is served."""

    def __init__(self, role: Role = Role.CONTROL, limits: Limits = LIMITS) -> None:
        self.display, self.wire = Desk(), Wire()
        self.viewer = Viewer(role=role, address="test", path=PixelPath.NATIVE)
        self.client = ClientConnection(self.display, self.wire, self.viewer, limits)
        self.serving = asyncio.create_task(self.client.run())

    async def hears(self, *data: bytes) -> bytes:
        """Say all of it; what was heard until the peer had nothing more to say."""
        for part in data:
            self.wire.say(part)
        for _ in range(10 + 4 * len(data)):
            await asyncio.sleep(0)
        heard, self.wire.heard = self.wire.heard, b""
        return heard

    def deliver(self, data: bytes) -> None:
        request = self.client.request()
        state = request.state or ClientState(self.display.framebuffer)
        self.client.deliver(Update(state, data, exact=True))

    def wanted(self) -> UpdateRequest:
        """What the next update had to be like, which was an empty one."""
        request = self.client.request()
        state = request.state or ClientState(self.display.framebuffer)
        self.client.deliver(Update(state, exact=True))
        return request

    async def end(self) -> Ending:
        self.wire.say(None)
        return await asyncio.wait_for(self.serving, 10)


def set_encodings(*encodings: int) -> bytes:
    return pack(f">BxH{len(encodings)}i", 2, len(encodings), *encodings)


def request(incremental: bool, area: Rectangle = WHOLE) -> bytes:
    return pack(">BBHHHH", 3, incremental, area.x, area.y, area.width, area.height)


SPEECH = b"".join(
    (
        HELLO,
        b"\0\0\0\0" + NATIVE.pack(),
        set_encodings(
            *FENCED,
            *(Encoding.EXTENDED_DESKTOP_SIZE, Encoding.QEMU_LED_STATE, Encoding.CURSOR_WITH_ALPHA),
            *(Encoding.QEMU_EXTENDED_KEY_EVENT, Encoding.EXTENDED_MOUSE_BUTTONS),
            *(Encoding.CONTINUOUS_UPDATES, Encoding.EXTENDED_CLIPBOARD),
        ),
        request(False),
        pack(">BBxxI", 4, True, 0x61),
        pack(">BBHII", 255, 0, True, 0x62, 0x30),
        pack(">BBHH", 5, 0b101, 17, 18),
        pack(">BxxxI", 6, 3) + b"abc",
        pack(">BxHHBx", 251, 800, 600, 1) + pack(">IHHHHI", 0, 0, 0, 800, 600, 0),
        pack(">BxBB", 250, 1, 2),
        pack(">BxxxIB", 248, FenceFlag.REQUEST | 3, 5) + b"hello",
        pack(">BBHHHH", 150, 1, 0, 0, 640, 480),
        pack(">BBHHHH", 150, 0, 0, 0, 640, 480),
    )
)


async def test_messages_may_be_cut_anywhere() -> None:
    whole, bytewise = Talk(), Talk()
    heard = await whole.hears(SPEECH)
    assert heard.startswith(START)
    assert server_messages.xvp(XvpCode.FAIL) in heard
    assert server_messages.fence(FenceFlag(3), b"hello") in heard
    assert await bytewise.hears(*(SPEECH[n : n + 1] for n in range(len(SPEECH)))) == heard
    assert whole.display.log == bytewise.display.log
    assert ("key", 0x62, True, 0x30) in whole.display.log
    assert ("key", 0x61, True, None) in whole.display.log
    assert ("pointer", 17, 18, 0b101) in whole.display.log
    assert ("copy", "abc") in whole.display.log
    assert ("resize", Size(800, 600)) in whole.display.log
    for cut in range(1, len(SPEECH)):
        talk = Talk()
        assert await talk.hears(SPEECH[:cut], SPEECH[cut:]) == heard
        assert talk.display.log == whole.display.log
        await talk.end()
    for talk in (whole, bytewise):
        assert (await talk.end()).cause is Cause.VIEWER_LEFT
        assert talk.display.log[-2:] == ["keys released", "buttons released"]


async def test_older_versions_of_the_protocol() -> None:
    talk = Talk()
    heard = await talk.hears(b"RFB 003.003\n", b"\1")
    init = server_messages.server_init(640, 480, NATIVE, "a desktop")
    assert heard == VERSION + b"\0\0\0\1" + init
    await talk.end()
    talk = Talk()
    assert await talk.hears(b"RFB 003.007\n", b"\1", b"\1") == VERSION + b"\1\1" + init
    await talk.end()


@pytest.mark.parametrize("said", [b"HTTP/1.1 GET", VERSION + b"\2", HELLO + b"\x63"])
async def test_what_makes_no_sense_ends_it(said: bytes) -> None:
    talk = Talk()
    await talk.hears(said)
    assert talk.serving.done()
    assert talk.serving.result().cause is Cause.PROTOCOL_ERROR


async def test_a_picture_is_sent_only_when_it_was_asked_for() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(Encoding.TIGHT))
    assert not talk.client.ready()
    await talk.hears(request(False))
    assert talk.client.ready()
    assert talk.client.request().anew == Rectangle.of(SIZE)
    talk.deliver(b"picture")
    assert not talk.client.ready()
    assert await talk.hears() == b"picture"
    assert not talk.client.ready()
    await talk.hears(request(True))
    assert talk.client.ready()
    talk.deliver(b"")
    assert talk.client.ready(), "the request is still to be answered"
    await talk.end()


async def test_continuous_updates_are_paced_by_fences() -> None:
    talk = Talk()
    heard = await talk.hears(
        HELLO,
        set_encodings(*FENCED, Encoding.CONTINUOUS_UPDATES),
        pack(">BBHHHH", 150, 1, 0, 0, 640, 480),
    )
    assert server_messages.end_of_continuous_updates() in heard
    sent = 0
    while talk.client.ready():
        talk.deliver(bytes(30_000))
        await talk.hears()
        sent += 1
    assert 1 < sent < 10
    await talk.hears(pack(">BxxxIB", 248, 1, 4) + (sent + 1).to_bytes(4))
    assert talk.client.ready()
    await talk.end()


async def test_updates_are_measured_by_fences_around_them() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(*FENCED), request(False))
    await talk.hears(pack(">BxxxIB", 248, 1, 4) + (1).to_bytes(4))
    before = server_messages.fence(server_messages.FenceFlag.REQUEST, b"<")
    after = server_messages.fence(server_messages.FenceFlag.REQUEST, b">")
    drawn = server_messages.fence(
        server_messages.FenceFlag.REQUEST | server_messages.FenceFlag.BLOCK_BEFORE, (2).to_bytes(4)
    )
    state = bytes(10_000)
    assumed = talk.wanted().rate
    talk.deliver(state)
    assert await talk.hears() == before + state + after + drawn
    await talk.hears(pack(">BxxxIB", 248, 0, 1) + b"<")
    await talk.hears(pack(">BxxxIB", 248, 0, 1) + b">")
    assert talk.wanted().rate != assumed
    await talk.end()


async def test_who_answers_no_fence_gets_no_video_for_a_while_and_is_ended_at_last() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(*FENCED), request(False))
    await talk.hears(pack(">BxxxIB", 248, 1, 4) + (1).to_bytes(4))
    talk.deliver(b"picture")
    now = asyncio.get_running_loop().time()
    assert talk.viewer.codec == "h264"
    assert talk.client.watch(now + clients.SPEECHLESS - 1) is None
    assert talk.viewer.codec == "h264"
    assert talk.client.watch(now + clients.SPEECHLESS + 1) is None
    assert talk.viewer.codec == "jpeg"
    assert talk.wanted().anew == Rectangle.of(SIZE)
    await talk.hears(set_encodings(*FENCED))
    assert talk.viewer.codec == "jpeg"
    ending = talk.client.watch(now + LIMITS.stall + 1)
    assert ending is not None
    assert ending.cause is Cause.VIEWER_STALLED
    await talk.hears(pack(">BxxxIB", 248, 1, 4) + (2).to_bytes(4))
    assert talk.client.watch(now + 2 * clients.WITHOUT_VIDEO) is None
    assert talk.viewer.codec == "h264"
    await talk.end()


async def test_a_viewer_that_only_looks() -> None:
    talk = Talk(Role.VIEW)
    await talk.hears(SPEECH)
    assert talk.display.log == []
    told = await talk.hears(
        pack(">BxHHBx", 251, 800, 600, 1) + pack(">IHHHHI", 0, 0, 0, 800, 600, 0)
    )
    screen = server_messages.Screen(0, 0, 0, 640, 480)
    refused = server_messages.extended_desktop_size(
        640,
        480,
        [screen],
        server_messages.ResizeReason.THIS_CLIENT,
        server_messages.ResizeStatus.PROHIBITED,
    )
    assert told == server_messages.joined([refused])
    await talk.end()


async def test_another_pixel_format_begins_the_picture_anew() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(Encoding.TIGHT), request(False))
    talk.deliver(b"picture")
    target = PixelFormat(16, 16, True, True, 31, 63, 31, 11, 5, 0)
    await talk.hears(b"\0\0\0\0" + target.pack())
    wanted = talk.wanted()
    assert wanted.preferences.pixel_format == target
    assert wanted.anew == Rectangle.of(SIZE)
    mapped = PixelFormat(8, 8, False, False, 0, 0, 0, 0, 0, 0)
    heard = await talk.hears(b"\0\0\0\0" + mapped.pack())
    assert heard == server_messages.set_colour_map_entries()
    await talk.end()


async def test_it_ends_though_the_viewer_reads_nothing() -> None:
    talk = Talk()
    await talk.hears(HELLO)
    talk.wire.reads = False
    await talk.hears(set_encodings(Encoding.TIGHT, Encoding.CURSOR))
    gone = Ending(Cause.SERVER_LEFT, "gone")
    talk.client.end(gone)
    assert await asyncio.wait_for(talk.serving, 10) == gone


async def test_what_the_camera_has_made_lossy_is_known_before_it_is_delivered() -> None:
    talk = Talk()
    await talk.hears(HELLO, request(False))
    talk.deliver(b"picture")
    state = talk.wanted().state
    assert state is not None
    assert not talk.client.lossy
    state.lossy[0, 0] = True
    assert talk.client.lossy
    await talk.end()
