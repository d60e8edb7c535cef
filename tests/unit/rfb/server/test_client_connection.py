"""What a viewer of the native server says, and what it hears, without a display."""

from __future__ import annotations

import asyncio
from struct import pack

import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.protocol import rectangles, server_messages
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.fences import FenceFlag, fence
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from desktopd.rfb.viewers.connection import Cause, Ending
from desktopd.rfb.viewers.viewer import Role
from tests.unit.rfb.server.talk import (
    FENCED,
    HELLO,
    START,
    VERSION,
    Talk,
    client_fence,
    continuous_updates,
    request,
    set_encodings,
    set_pixel_format,
)
from tests.unit.turns import until

RESIZE = pack(">BxHHBx", 251, 800, 600, 1) + pack(">IHHHHI", 0, 0, 0, 800, 600, 0)
SPEECH = b"".join(
    (
        HELLO,
        set_pixel_format(NATIVE),
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
        RESIZE,
        pack(">BxBB", 250, 1, 2),
        client_fence(b"hello", FenceFlag.REQUEST | 3),
        continuous_updates(True),
        continuous_updates(False),
    )
)


async def test_messages_may_be_cut_anywhere() -> None:
    whole, bytewise = Talk(), Talk()
    heard = await whole.hears(SPEECH)
    assert heard.startswith(START)
    assert server_messages.xvp_fail() in heard
    assert fence(FenceFlag(3), b"hello") in heard
    assert await bytewise.hears(*(SPEECH[n : n + 1] for n in range(len(SPEECH)))) == heard
    assert whole.display.log == bytewise.display.log
    assert ("key", 0x62, True, 0x30) in whole.display.log
    assert ("key", 0x61, True, None) in whole.display.log
    assert ("pointer", 17, 18, 0b101) in whole.display.log
    assert ("copy", "abc") in whole.display.log
    assert ("resize", Size(800, 600), None) in whole.display.log
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


NO_PIXEL = PixelFormat(32, 24, False, True, 0, 255, 255, 16, 8, 0)


@pytest.mark.parametrize(
    "said",
    [b"HTTP/1.1 GET", VERSION + b"\2", HELLO + b"\x63", HELLO + set_pixel_format(NO_PIXEL)],
)
async def test_what_makes_no_sense_ends_it(said: bytes) -> None:
    talk = Talk()
    await talk.hears(said)
    assert talk.serving.done()
    assert talk.serving.result().cause is Cause.PROTOCOL_ERROR


async def test_a_viewer_that_only_looks() -> None:
    talk = Talk(Role.VIEW)
    await talk.hears(SPEECH)
    assert talk.display.log == []
    told = await talk.hears(RESIZE)
    screen = rectangles.Screen(0, 0, 0, 640, 480)
    refused = rectangles.extended_desktop_size(
        640,
        480,
        [screen],
        rectangles.ResizeReason.THIS_CLIENT,
        rectangles.ResizeStatus.PROHIBITED,
    )
    assert told == rectangles.framebuffer_update([refused])
    await talk.end()


async def test_a_change_waits_for_the_update_that_is_being_made() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(Encoding.TIGHT), request(False))
    claimed = talk.claim()
    target = PixelFormat(16, 16, True, True, 31, 63, 31, 11, 5, 0)
    said = set_pixel_format(target) + client_fence(b"after", FenceFlag.REQUEST) + request(True)
    talk.wire.say(said)
    await until(lambda: talk.client.updates.pending._held)
    assert talk.claim() is None
    talk.deliver(claimed, b"in the old format,")
    assert await talk.hears() == b"in the old format," + fence(FenceFlag(0), b"after")
    wanted = talk.gets(b"in the new one")
    assert wanted.preferences.pixel_format == target
    assert wanted.anew == Rectangle.of(talk.display.size)
    await talk.end()


async def test_it_ends_though_the_viewer_reads_nothing() -> None:
    talk = Talk()
    await talk.hears(HELLO)
    talk.wire.reads = False
    talk.wire.say(set_encodings(Encoding.TIGHT, Encoding.CURSOR))
    await until(lambda: talk.wire.all_read and not talk.all_sent)
    gone = Ending(Cause.SERVER_LEFT, "gone")
    talk.client.end(gone)
    assert await asyncio.wait_for(talk.serving, 10) == gone


async def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Talk()
    monkeypatch.setattr(talk.client.updates, "choose_format", lambda _: 1 / 0)
    talk.wire.say(HELLO + set_pixel_format(NATIVE))
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(talk.serving, 10)
