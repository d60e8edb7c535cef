"""The server's messages, byte by byte, and the extended clipboard in both directions."""

from __future__ import annotations

import zlib
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.rfb.encoders import cursor
from desktopd.rfb.encoders.cursor import CursorShape
from desktopd.rfb.protocol import extended_clipboard as clipboard
from desktopd.rfb.protocol import server_messages
from desktopd.rfb.protocol.client_message_parser import ClientMessageParser
from desktopd.rfb.protocol.client_messages import ClientCutText
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.extended_clipboard import (
    Action,
    Caps,
    Format,
    Notify,
    Peek,
    Provide,
    Request,
)
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from desktopd.rfb.protocol.server_messages import Led, ResizeReason, ResizeStatus, Screen

RGB565 = PixelFormat(16, 16, True, True, 31, 63, 31, 11, 5, 0)
# Opaque red, half green, faint blue / transparent white, opaque black, opaque white.
ARROW = CursorShape(
    1, 0, 3, 2, bytes.fromhex("ff0000ff 00ff0080 0000ff40 ffffff00 000000ff ffffffff")
)
GREETING = b"RFB 003.008\n\x01\x01"


def of(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (
            server_messages.server_init(1280, 720, NATIVE, "né"),
            of("0500 02d0 20180001 00ff00ff00ff 100800 000000 00000003 6ec3a9"),
        ),
        (server_messages.bell(), of("02")),
        (server_messages.server_cut_text("a\r\nb\u20ac\xe9"), of("03 000000 00000005 610a623fe9")),
        (server_messages.extended_cut_text(b"12345"), of("03 000000 fffffffb") + b"12345"),
        (server_messages.end_of_continuous_updates(), of("96")),
        (server_messages.xvp(server_messages.XvpCode.FAIL), of("fa 00 01 00")),
        (server_messages.framebuffer_update(), of("00 00 ffff")),
        (server_messages.framebuffer_update(3), of("00 00 0003")),
        (server_messages.rectangle(1, 2, 3, 4, Encoding.TIGHT), of("0001000200030004 00000007")),
        (server_messages.copy_rect(1, 2, 3, 4, 5, 6), of("0001000200030004 00000001 00050006")),
        (server_messages.last_rect(), of("0000000000000000 ffffff20")),
        (server_messages.desktop_size(640, 480), of("00000000028001e0 ffffff21")),
        (
            server_messages.extended_desktop_size(640, 480, [Screen(7, 0, 0, 640, 480, 9)]),
            of("00000000028001e0 fffffecc 01000000 00000007 00000000 028001e0 00000009"),
        ),
        (
            server_messages.extended_desktop_size(
                640, 480, [], ResizeReason.THIS_CLIENT, ResizeStatus.INVALID_LAYOUT
            ),
            of("00010003028001e0 fffffecc 00000000"),
        ),
        (server_messages.desktop_name("é"), of("0000000000000000 fffffecd 00000002 c3a9")),
        (
            server_messages.announcement(Encoding.QEMU_EXTENDED_KEY_EVENT),
            of("0000000000000000 fffffefe"),
        ),
        (
            server_messages.announcement(Encoding.EXTENDED_MOUSE_BUTTONS),
            of("0000000000000000 fffffec4"),
        ),
        (
            server_messages.qemu_led_state(Led.CAPS_LOCK | Led.NUM_LOCK),
            of("0000000000000000 fffffefb 06"),
        ),
        (server_messages.vmware_led_state(Led.CAPS_LOCK), of("0000000000000000 574d5668 00000004")),
        (
            cursor.cursor_with_alpha(ARROW),
            of("0001000000030002 fffffec6 00000000")
            + of("ff0000ff 00800080 00004040 00000000 000000ff ffffffff"),
        ),
        (cursor.vmware_cursor(ARROW), of("0001000000030002 574d5664 0100") + ARROW.rgba),
        (
            cursor.cursor(ARROW, NATIVE),
            of("0001000000030002 ffffff11")
            + of("0000ff00 00ff0000 ff000000 ffffff00 00000000 ffffff00 c0 60"),
        ),
        (
            cursor.cursor(ARROW, RGB565),
            of("0001000000030002 ffffff11 f800 07e0 001f ffff 0000 ffff c0 60"),
        ),
        (
            server_messages.joined(
                [server_messages.copy_rect(1, 2, 3, 4, 5, 6), server_messages.last_rect()]
            ),
            of("00 00 0002 0001000200030004 00000001 00050006 0000000000000000 ffffff20"),
        ),
    ],
)
def test_each_message_on_the_wire(said: bytes, wanted: bytes) -> None:
    assert said.hex(" ") == wanted.hex(" ")


def test_the_colour_map_is_sent_whole() -> None:
    said = server_messages.set_colour_map_entries()
    assert said[:6] == of("01 00 0000 0100")
    assert len(said) == 6 + 256 * 6
    assert said[6:18] == of("0000 0000 0000 2492 0000 0000")
    assert said[-6:] == of("ffff ffff ffff")


@pytest.mark.parametrize("draw", [cursor.cursor_with_alpha, cursor.vmware_cursor])
def test_an_invisible_pointer(draw: object) -> None:
    nothing = CursorShape(0, 0, 0, 0, b"")
    assert callable(draw)
    assert draw(nothing)[:8] == bytes(8)
    assert cursor.cursor(nothing, NATIVE) == of("0000000000000000 ffffff11")


def test_a_pointer_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="3 bytes for a pointer of 1 x 1 pixels, expected 4"):
        CursorShape(0, 0, 1, 1, b"abc")


CAPS = Caps(
    Action.REQUEST | Action.PEEK | Action.NOTIFY | Action.PROVIDE,
    {Format.TEXT: 0, Format.HTML: 1 << 20},
)


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (CAPS, of("1f000005 00000000 00100000")),
        (clipboard.SERVER_CAPS, of("1f000001 00000000")),
        (Request(), of("02000001")),
        (Peek(), of("04000000")),
        (Notify(), of("08000001")),
        (Notify(Format(0)), of("08000000")),
    ],
)
def test_negotiation_of_the_extended_clipboard(
    message: clipboard.ExtendedClipboard, wanted: bytes
) -> None:
    assert message.data() == wanted
    assert clipboard.parse(wanted) == message


def test_provided_text_on_the_wire() -> None:
    said = Provide("a\nb\r\nc\rd\N{SNOWMAN}").data()
    assert said[:4] == of("10000001")
    text = b"a\r\nb\r\nc\r\nd\xe2\x98\x83\0"
    assert zlib.decompress(said[4:]) == pack(">I", len(text)) + text


@given(st.text())
def test_text_comes_back_with_the_lines_of_unix(text: str) -> None:
    wanted = text.replace("\r\n", "\n").replace("\r", "\n")
    assert clipboard.parse(Provide(text).data(), 1 << 30) == Provide(wanted)


def test_other_formats_behind_the_text_are_left_alone() -> None:
    packed = zlib.compress(pack(">I", 3) + b"hi\0" + pack(">I", 4) + b"<i/>")
    assert clipboard.parse(of("10000005") + packed) == Provide("hi")
    assert clipboard.parse(of("10000004") + packed) == Provide(None)
    assert clipboard.parse(Provide(None).data()) == Provide(None)


def test_a_stream_that_was_only_flushed_is_read() -> None:
    stream = zlib.compressobj()
    packed = stream.compress(pack(">I", 3) + b"hi\0") + stream.flush(zlib.Z_SYNC_FLUSH)
    assert clipboard.parse(of("10000001") + packed) == Provide("hi")


def test_text_without_its_null_or_without_anything() -> None:
    assert clipboard.parse(of("10000001") + zlib.compress(pack(">I", 2) + b"hi")) == Provide("hi")
    assert clipboard.parse(of("10000001") + zlib.compress(pack(">I", 0))) == Provide("")


def test_a_viewers_message_is_read_from_its_stream() -> None:
    data = Provide("h\xe9").data()
    messages = ClientMessageParser()
    stream = GREETING + pack(">Bxxxi", 6, -len(data)) + data
    found = [message for octet in stream for message in messages.feed(bytes((octet,)))]
    assert isinstance(found[-1], ClientCutText)
    assert found[-1].extended
    assert clipboard.parse(found[-1].data) == Provide("h\xe9")


@pytest.mark.parametrize("message", [CAPS, Request(), Peek(), Notify(), Provide("text " * 50)])
def test_a_message_cut_anywhere_is_refused(message: clipboard.ExtendedClipboard) -> None:
    whole = message.data()
    for length in range(len(whole)):
        try:
            found = clipboard.parse(whole[:length])
        except ProtocolError:
            continue
        # What is missing is the end of the zlib stream, behind the text.
        assert found == message
        assert length > len(whole) - 7


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cannot hold its flags"),
        (of("00000001"), "not one known action"),
        (of("06000001"), "not one known action"),
        (of("20000000"), "not one known action"),
        (of("01000003 00000000"), "2 clipboard formats, but 4 bytes of sizes"),
        (of("10000001") + b"no zlib", "clipboard text: .*incorrect header"),
        (of("10000001") + zlib.compress(b"\0\0"), "shorter"),
        (of("10000001") + zlib.compress(pack(">I", 9) + b"hi"), "shorter"),
        (of("10000001") + zlib.compress(pack(">I", 2_000_000)), "2000000 bytes .* at most 1048576"),
    ],
)
def test_nonsense_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ProtocolError, match=said):
        clipboard.parse(data)


@given(st.binary(max_size=40))
def test_anything_is_read_or_refused(data: bytes) -> None:
    try:
        clipboard.parse(data)
        clipboard.parse(of("10000001") + data)
    except ProtocolError:
        pass


def test_little_text_that_unpacks_to_much_is_not_unpacked() -> None:
    packed = zlib.compress(pack(">I", 10) + bytes(50_000_000))
    assert clipboard.parse(of("10000001") + packed) == Provide("\0" * 9)
