"""A server's stream without its clipboard: the rest of it as it came, however it is cut."""

from __future__ import annotations

import zlib
from itertools import pairwise
from struct import pack

import pytest

from desktopd.rfb.protocol import fences, rectangles, server_messages
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.extended_clipboard import Provide
from desktopd.rfb.protocol.handshake import RFB_3_3, RFB_3_7, RFB_3_8, SecurityType, Version
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from desktopd.rfb.protocol.server_stream import ServerStream

LIKE_VNC_3_3 = PixelFormat(8, 8, False, True, 7, 7, 3, 0, 3, 6)
INIT = server_messages.server_init(640, 480, NATIVE, "desk")
SMALL_INIT = server_messages.server_init(640, 480, LIKE_VNC_3_3, "desk")
SECRET = server_messages.server_cut_text("secret") + server_messages.extended_cut_text(
    Provide("a secret of many bytes").data()
)


def head(width: int, height: int, encoding: int) -> bytes:
    return pack(">HHHHi", 1, 2, width, height, encoding)


def tight(control: int, *parts: bytes) -> bytes:
    return bytes([control]) + b"".join(parts)


def with_length(data: bytes) -> bytes:
    return pack(">I", len(data)) + data


def compact(length: int) -> bytes:
    """Length of Tight in one to three bytes."""
    if length < 0x80:
        return bytes([length])
    if length < 0x4000:
        return bytes([length & 0x7F | 0x80, length >> 7])
    return bytes([length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14])


# What stands for pixels begins like a cut text, so that a wrong length is seen.
def pixels(count: int) -> bytes:
    return (b"\x03\x00\x00\x00\x00\x00\x00\x07" * (count // 8 + 1))[:count]


RECTANGLES = {
    "raw": head(5, 3, Encoding.RAW) + pixels(60),
    "copyrect": head(5, 3, Encoding.COPYRECT) + pixels(4),
    "zlib": head(5, 3, Encoding.ZLIB) + with_length(zlib.compress(pixels(60))),
    "zrle": head(5, 3, Encoding.ZRLE) + with_length(pixels(40)),
    "tight fill": head(5, 3, Encoding.TIGHT) + tight(0x80, pixels(3)),
    "tight jpeg": head(5, 3, Encoding.TIGHT) + tight(0x90, compact(300), pixels(300)),
    "tight png": head(5, 3, Encoding.TIGHTPNG) + tight(0xA0, compact(20000), pixels(20000)),
    "tight copy": head(5, 3, Encoding.TIGHT) + tight(0x10, compact(33), pixels(33)),
    "tight small": head(1, 3, Encoding.TIGHT) + tight(0x00, pixels(9)),
    "tight two colours": head(9, 3, Encoding.TIGHT)
    + tight(0x40, b"\x01\x01", pixels(6), pixels(6)),
    "tight palette": head(9, 3, Encoding.TIGHT)
    + tight(0x50, b"\x01\x04", pixels(15), compact(11), pixels(11)),
    "tight gradient": head(5, 3, Encoding.TIGHT) + tight(0x60, b"\x02", compact(8), pixels(8)),
    "tight copy filter": head(5, 3, Encoding.TIGHT) + tight(0x40, b"\x00", compact(8), pixels(8)),
    "cursor": head(9, 3, Encoding.CURSOR) + pixels(9 * 3 * 4 + 6),
    "cursor with alpha": head(5, 3, Encoding.CURSOR_WITH_ALPHA) + pack(">i", 0) + pixels(60),
    "vmware cursor": head(5, 3, Encoding.VMWARE_CURSOR) + b"\x01\x00" + pixels(60),
    "vmware cursor of bits": head(5, 3, Encoding.VMWARE_CURSOR) + b"\x00\x00" + pixels(120),
    "desktop size": head(5, 3, Encoding.DESKTOP_SIZE),
    "extended desktop size": head(5, 3, Encoding.EXTENDED_DESKTOP_SIZE)
    + b"\x02\x00\x00\x00"
    + pixels(32),
    "name": head(0, 0, Encoding.DESKTOP_NAME) + with_length(pixels(9)),
    "lights": head(0, 0, Encoding.QEMU_LED_STATE) + b"\x03",
    "vmware lights": head(0, 0, Encoding.VMWARE_LED_STATE) + pixels(4),
    "key events": head(0, 0, Encoding.QEMU_EXTENDED_KEY_EVENT),
}
OTHERS = {
    "colour map": server_messages.set_colour_map_entries(),
    "bell": b"\x02",
    "fence": fences.fence(fences.FenceFlag.REQUEST, b"\x03\x00\x00"),
    "end of continuous updates": server_messages.end_of_continuous_updates(),
    "xvp": server_messages.xvp_fail(),
    "until the last": pack(">BxH", 0, 0xFFFF)
    + RECTANGLES["raw"]
    + RECTANGLES["tight jpeg"]
    + head(0, 0, Encoding.LAST_RECT),
    "all at once": rectangles.framebuffer_update(list(RECTANGLES.values())),
    "nothing": rectangles.framebuffer_update([]),
}
MESSAGES = {
    **{name: rectangles.framebuffer_update([one]) for name, one in RECTANGLES.items()},
    **OTHERS,
}


def let_in(version: Version = RFB_3_8, security: SecurityType = SecurityType.NONE) -> ServerStream:
    """A stream whose viewer has chosen."""
    stream = ServerStream()
    stream.version, stream.security_type = version, security
    return stream


def cut(stream: ServerStream, data: bytes, at: int) -> bytes:
    """Feed pieces of `at` bytes."""
    starts = [*range(0, len(data), at), len(data)]
    return b"".join(b"".join(stream.feed(data[a:b])) for a, b in pairwise(starts))


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("at", [1, 7, 1 << 20])
def test_the_clipboard_is_left_out_around_every_message(name: str, at: int) -> None:
    stream = let_in()
    start = b"\x01\x01" + bytes(4) + INIT
    said = SECRET + MESSAGES[name] + SECRET + SECRET + MESSAGES[name] + SECRET
    assert cut(stream, start + said, at) == start + MESSAGES[name] * 2
    assert cut(stream, said, at) == MESSAGES[name] * 2


@pytest.mark.parametrize(
    ("version", "security", "start"),
    [
        (RFB_3_3, SecurityType.NONE, b""),
        (RFB_3_7, SecurityType.NONE, b"\x02\x01\x02"),
        (RFB_3_8, SecurityType.NONE, b"\x02\x01\x02" + bytes(4)),
        (RFB_3_7, SecurityType.VNC_AUTHENTICATION, b"\x01\x02" + bytes(16) + bytes(4)),
        (RFB_3_8, SecurityType.VNC_AUTHENTICATION, b"\x01\x02" + bytes(16) + bytes(4)),
    ],
)
def test_every_beginning_of_a_connection(
    version: Version, security: SecurityType, start: bytes
) -> None:
    for at in (1, 1000):
        stream = let_in(version, security)
        assert cut(stream, start + INIT + SECRET + b"\x02", at) == start + INIT + b"\x02"


@pytest.mark.parametrize(
    "said", [b"\x00" + with_length(b"no"), b"\x01\x01" + pack(">II", 1, 2) + b"no"]
)
def test_a_refusal_goes_through(said: bytes) -> None:
    assert cut(let_in(), said, 1) == said


def test_pixels_are_those_of_the_server_until_the_viewer_chooses() -> None:
    small = rectangles.framebuffer_update([head(5, 3, Encoding.RAW) + pixels(15)])
    large = rectangles.framebuffer_update([RECTANGLES["raw"]])
    stream = let_in(RFB_3_3)
    assert b"".join(stream.feed(SMALL_INIT + small + SECRET)) == SMALL_INIT + small
    stream.pixel_format = NATIVE
    assert b"".join(stream.feed(large + SECRET)) == large


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"\x09", "server message type 9 is not known here"),
        (pack(">BxH", 0, 1) + head(1, 1, Encoding.HEXTILE), "sent encoding 5, which it was not"),
        (pack(">BxH", 0, 1) + head(1, 1, Encoding.TIGHT) + b"\xf0", "compression 15 is not known"),
        (pack(">BxH", 0, 1) + head(1, 1, Encoding.TIGHT) + b"\x40\x07", "filter 7 is not known"),
    ],
)
def test_what_cannot_be_followed_ends_the_connection(said: bytes, error: str) -> None:
    stream = let_in(RFB_3_3)
    with pytest.raises(ProtocolError, match=error):
        list(stream.feed(INIT + said))


def test_a_server_that_goes_ahead_of_the_viewer() -> None:
    with pytest.raises(ProtocolError, match="before the viewer has chosen"):
        list(ServerStream().feed(INIT))


def test_what_takes_long_to_follow_is_followed_in_short_turns() -> None:
    """A megabyte of bells took everybody's loop, for a second at a time."""
    stream = let_in()
    assert b"".join(stream.feed(b"\x01\x01" + bytes(4) + INIT)).endswith(INIT)
    bells = b"\x02" * 10_000
    turns = list(stream.feed(bells))
    assert b"".join(turns) == bells
    assert max(map(len, turns)) <= 256
