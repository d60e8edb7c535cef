"""What the relay lets through in each direction, and what it says of its viewer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from struct import pack

import pytest

from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.rfb.protocol.client_messages import MessageType
from desktopd.rfb.viewers.connection import Cause, Limits
from desktopd.rfb.viewers.viewer import Role
from tests.unit.rfb.relay.relaying import (
    CUT_TEXT,
    GREETING,
    GREETING_SHARED,
    REQUEST,
    RESIZE,
    USUAL,
    VERSION,
    Desk,
    key,
    pointer,
    qemu_key,
    relaying,
    set_encodings,
)


async def test_bytes_go_both_ways() -> None:
    async with relaying() as desk:
        await desk.connect()
        desk.say(key(0x61), key(0x61, down=False) + REQUEST)
        await desk.server_hears(key(0x61) + key(0x61, down=False) + REQUEST)
        await desk.server_sends(b"picture")
        await desk.browser.sees(VERSION + b"picture")
        assert desk.viewer.bytes_sent == len(VERSION + b"picture")


@pytest.mark.parametrize("role", Role)
async def test_nobody_throws_the_others_out(role: Role) -> None:
    async with relaying(role) as desk:
        await desk.connect(GREETING)
        desk.say(REQUEST)
        await desk.server_hears(REQUEST)


async def test_messages_reach_the_server_whole() -> None:
    async with relaying() as desk:
        await desk.connect()
        desk.say(REQUEST + key(0x61)[:3], None)
        await desk.server_hears_last(REQUEST)
        assert (await desk.ending()).cause is Cause.VIEWER_LEFT


SAMPLES = {
    MessageType.SET_PIXEL_FORMAT: pack(">B3xBBBBHHHBBB3x", 0, 32, 24, 0, 1, *[255] * 3, 0, 8, 16),
    MessageType.SET_ENCODINGS: set_encodings(1, 7, -316, -258),
    MessageType.FRAMEBUFFER_UPDATE_REQUEST: REQUEST,
    MessageType.KEY_EVENT: key(0x61),
    MessageType.POINTER_EVENT: pointer(1),
    MessageType.CLIENT_CUT_TEXT: CUT_TEXT,
    MessageType.ENABLE_CONTINUOUS_UPDATES: pack(">BBHHHH", 150, 1, 0, 0, 640, 480),
    MessageType.CLIENT_FENCE: pack(">BxxxIB", 248, 3, 5) + b"fence",
    MessageType.XVP: pack(">BxBB", 250, 1, 2),
    MessageType.SET_DESKTOP_SIZE: RESIZE,
    MessageType.QEMU: qemu_key(0x61, 0x1E),
}
FOR_VIEWERS = {
    MessageType.SET_PIXEL_FORMAT,
    MessageType.SET_ENCODINGS,
    MessageType.FRAMEBUFFER_UPDATE_REQUEST,
    MessageType.ENABLE_CONTINUOUS_UPDATES,
    MessageType.CLIENT_FENCE,
}


@pytest.mark.parametrize("number", sorted(MessageType))
async def test_view_only_hears_an_allow_list_however_it_is_cut(number: MessageType) -> None:
    message = SAMPLES[number]
    async with relaying(Role.VIEW, clipboard=False) as desk:
        await desk.connect()
        for cut in range(1, len(message) + 1):
            desk.say(message[:cut], message[cut:], REQUEST)
            await desk.server_hears((message if number in FOR_VIEWERS else b"") + REQUEST)
        assert desk.resizes == []
        assert desk.viewer.last_input is None
        desk.say(None)
        await desk.server_hears_last(b"")


@pytest.mark.parametrize("role", Role)
async def test_an_unknown_type_ends_the_connection_and_never_reaches_the_server(
    role: Role,
) -> None:
    for number in sorted(set(range(256)) - set(MessageType)):
        for cut in (0, 1):
            async with relaying(role) as desk:
                await desk.connect()
                tail = bytes([number]) + bytes(20)
                desk.say(REQUEST + tail[:cut], tail[cut:], key(0x61))
                await desk.server_hears_last(REQUEST)
                ending = await desk.ending()
                assert ending.cause is Cause.PROTOCOL_ERROR
                assert f"type {number} " in ending.detail


async def test_extended_mouse_buttons_keep_the_stream_in_step() -> None:
    extended = pointer(0x81) + b"\x01"
    for role, passed in (Role.CONTROL, extended), (Role.VIEW, b""):
        async with relaying(role) as desk:
            await desk.connect()
            desk.say(set_encodings(7, -316) + extended[:6], extended[6:] + REQUEST)
            await desk.server_hears(set_encodings(7, -316) + passed + REQUEST)


HELD = (
    *(key(0xFFE1), key(0x61), key(0x61, down=False), qemu_key(0x62, 0x30), qemu_key(0, 0x2E)),
    *(qemu_key(0, 0x2E, down=False), pointer(0b100, 3, 4), pointer(0b101, 7, 8)),
)
RELEASES = qemu_key(0x62, 0x30, down=False) + key(0xFFE1, down=False) + pointer(0, 7, 8)


async def leave(desk: Desk) -> None:
    desk.say(None)


async def speak_nonsense(desk: Desk) -> None:
    desk.say(b"\x63")


async def stop_the_daemon(desk: Desk) -> None:
    desk.task.cancel()


async def vanish_during_an_update(desk: Desk) -> None:
    desk.browser.gone = True
    await desk.server_sends(bytes(1_000_000))


async def fall_asleep(desk: Desk) -> None:
    desk.browser.reading.clear()
    await desk.server_sends(bytes(1_000_000))


WAYS_TO_GO = [leave, speak_nonsense, stop_the_daemon, vanish_during_an_update, fall_asleep]


@pytest.mark.parametrize("go", WAYS_TO_GO)
async def test_who_leaves_lets_go_of_keys_and_buttons(
    go: Callable[[Desk], Awaitable[None]],
) -> None:
    async with relaying(limits=Limits(stall=0.2) if go is fall_asleep else USUAL) as desk:
        await desk.connect()
        desk.say(*HELD)
        await desk.server_hears(b"".join(HELD))
        await go(desk)
        await desk.server_hears_last(RELEASES)


async def test_who_holds_nothing_leaves_silently() -> None:
    async with relaying() as desk:
        await desk.connect()
        taps = [*HELD, qemu_key(0x62, 0x30, down=False), key(0xFFE1, down=False), pointer(0)]
        desk.say(*taps, None)
        await desk.server_hears_last(b"".join(taps))


@pytest.mark.parametrize(
    ("held", "release"),
    [
        (pointer(0b10, 3, 4), pointer(0, 3, 4)),
        (pointer(0b1000_0000, 3, 4) + b"\x02", pointer(0, 3, 4)),
        (key(0x61), key(0x61, down=False)),
        (qemu_key(0x61, 0x1E), qemu_key(0x61, 0x1E, down=False)),
    ],
)
async def test_each_thing_held_is_released(held: bytes, release: bytes) -> None:
    async with relaying() as desk:
        await desk.connect()
        desk.say(set_encodings(7, -316), held, None)
        await desk.server_hears_last(set_encodings(7, -316) + held + release)


async def test_more_keys_than_a_keyboard_has_end_the_connection() -> None:
    async with relaying() as desk:
        await desk.connect()
        desk.say(*(key(keysym) for keysym in range(257)))
        heard = await desk.server.read()
        desk.server_writer.close()
        assert heard.startswith(key(0) + key(1))
        ending = await desk.ending()
        assert ending.cause is Cause.PROTOCOL_ERROR
        assert "256 keys" in ending.detail


@pytest.mark.parametrize(
    ("server", "viewer", "error"),
    [
        (b"SSH-2.0-OpenSSH\r\n", b"", "SSH-2.0-Open"),
        (b"RFB 003.003\n", VERSION, "the viewer chose RFB 3.8, the server has only 3.3"),
        (b"RFB 003.003\n" + pack(">I", 2), b"RFB 003.003\n", "asks for a password"),
    ],
)
async def test_a_server_that_would_cut_messages_otherwise_is_not_relayed(
    server: bytes, viewer: bytes, error: str
) -> None:
    async with relaying(Role.VIEW, limits=Limits(closing=0.1)) as desk:
        desk.server_writer.write(server)
        desk.say(viewer)
        ending = await desk.ending()
        assert ending.cause is Cause.PROTOCOL_ERROR
        assert error in str(ending)


async def test_rfb_3_3() -> None:
    async with relaying() as desk:
        desk.server_writer.write(b"RFB 003.003\n" + pack(">I", 1))
        desk.say(b"RFB 003.003\n", b"\x00" + REQUEST)
        await desk.server_hears(b"RFB 003.003\n\x01" + REQUEST)
        await desk.browser.sees(b"RFB 003.003\n\x00\x00\x00\x01")


async def test_a_newer_server_speaks_the_viewers_version() -> None:
    async with relaying() as desk:
        desk.server_writer.write(b"RFB 004.001\n")
        desk.say(GREETING)
        await desk.server_hears(GREETING_SHARED)


async def test_set_desktop_size_is_carried_out_and_forwarded() -> None:
    async with relaying() as desk:
        await desk.connect()
        desk.say(RESIZE)
        await desk.server_hears(RESIZE)
        assert desk.resizes == [Size(1024, 768)]


async def test_a_resize_without_a_display_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with relaying(resize_error=DisplayUnavailable("no display")) as desk:
        await desk.connect()
        desk.say(RESIZE, REQUEST)
        await desk.server_hears(RESIZE + REQUEST)
        assert desk.resizes == [Size(1024, 768)]
        assert "a viewer's resize to 1024x768 failed: no display" in caplog.text


async def test_a_bug_in_a_resize_is_not_lost() -> None:
    async with relaying(resize_error=ZeroDivisionError()) as desk:
        await desk.connect()
        desk.say(RESIZE)
        with pytest.raises(ExceptionGroup) as caught:
            await desk.ending()
        assert caught.group_contains(ZeroDivisionError)


async def test_set_desktop_size_is_only_forwarded_where_nobody_listens() -> None:
    async with relaying(resizes_itself=False) as desk:
        await desk.connect()
        desk.say(RESIZE)
        await desk.server_hears(RESIZE)


async def test_the_clipboard_stays_away_from_the_server_if_told() -> None:
    async with relaying(clipboard=False) as desk:
        await desk.connect()
        desk.say(CUT_TEXT, REQUEST)
        await desk.server_hears(REQUEST)
        assert desk.viewer.last_input is not None


@pytest.mark.parametrize(
    ("message", "counts"),
    [
        (key(0x61), True),
        (qemu_key(0x61, 0x1E), True),
        (pointer(0), True),
        (CUT_TEXT, True),
        (pack(">Bxxxi", 6, -4) + b"\x08\x00\x00\x01", True),
        (pack(">Bxxxi", 6, -8) + b"\x1f\x00\x00\x01\x00\x00\x00\x00", False),
        (pack(">Bxxxi", 6, -4) + b"\x02\x00\x00\x01", False),
        (REQUEST, False),
        (RESIZE, False),
    ],
)
async def test_input_is_what_a_person_does(message: bytes, counts: bool) -> None:
    async with relaying(clock=lambda: 42.0) as desk:
        await desk.connect()
        desk.say(message)
        await desk.server_hears(message)
        assert desk.viewer.last_input == (42.0 if counts else None)


async def test_the_viewer_tells_codec_and_rate() -> None:
    now = 100.0
    continuous = pack(">BBHHHH", 150, 1, 0, 0, 640, 480)
    async with relaying(Role.VIEW, clipboard=False, clock=lambda: now) as desk:
        await desk.connect()
        assert (desk.viewer.codec, desk.viewer.fps) == (None, None)
        desk.say(set_encodings(1, 50, 7, -26), REQUEST * 10)
        await desk.server_hears(set_encodings(1, 50, 7, -26) + REQUEST * 10)
        assert (desk.viewer.codec, desk.viewer.fps) == ("tight", 5.0)
        now = 102.5
        assert desk.viewer.fps == 0.0
        desk.say(continuous)
        await desk.server_hears(continuous)
        assert desk.viewer.fps is None
