"""What an RFB server says: functions that return the bytes of each message.

Section numbers are those of RFC 6143; what goes beyond it is named as in rfbproto. A rectangle is
the bytes of its header and of its data, so that one encoded rectangle can go to many viewers:
`joined` joins them, or the caller sends them behind `framebuffer_update`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum, IntFlag
from struct import pack
from typing import NamedTuple

from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import PixelFormat, colour_map

UNKNOWN_COUNT = 0xFFFF  # rectangles until LastRect


class ServerMessageType(IntEnum):
    """First byte of a server message after the handshake."""

    FRAMEBUFFER_UPDATE = 0
    SET_COLOUR_MAP_ENTRIES = 1
    BELL = 2
    SERVER_CUT_TEXT = 3
    END_OF_CONTINUOUS_UPDATES = 150
    XVP = 250


class XvpCode(IntEnum):
    """The answers to a viewer that asks for xvp (rfbproto)."""

    FAIL = 0
    INIT = 1


class ResizeReason(IntEnum):
    """Who changed the desktop's size (rfbproto, ExtendedDesktopSize)."""

    SERVER = 0
    THIS_CLIENT = 1
    OTHER_CLIENT = 2


class ResizeStatus(IntEnum):
    """What became of a viewer's SetDesktopSize (rfbproto, ExtendedDesktopSize)."""

    DONE = 0
    PROHIBITED = 1
    OUT_OF_RESOURCES = 2
    INVALID_LAYOUT = 3
    FORWARDED = 4


class Led(IntFlag):
    """State of the keyboard's locks (rfbproto, QEMU LED State)."""

    SCROLL_LOCK = 1 << 0
    NUM_LOCK = 1 << 1
    CAPS_LOCK = 1 << 2


class Screen(NamedTuple):
    """SCREEN of rfbproto, in pixels; `number` and `flags` are the viewer's where it chose them."""

    number: int
    x: int
    y: int
    width: int
    height: int
    flags: int = 0


def server_init(width: int, height: int, target: PixelFormat, name: str) -> bytes:
    """Section 7.3.2, in pixels; the name is sent as UTF-8."""
    said = name.encode()
    return pack(">HH", width, height) + target.pack() + pack(">I", len(said)) + said


def set_colour_map_entries() -> bytes:
    """All 256 colours of a colour map format (section 7.6.2)."""
    entries = colour_map()
    head = pack(">BxHH", ServerMessageType.SET_COLOUR_MAP_ENTRIES, 0, len(entries))
    return head + b"".join(pack(">HHH", *entry) for entry in entries)


def bell() -> bytes:
    """Section 7.6.3."""
    return bytes((ServerMessageType.BELL,))


def server_cut_text(text: str) -> bytes:
    """Section 7.6.4: Latin-1 with lines that end in a line feed; others become ``?``."""
    said = text.replace("\r\n", "\n").replace("\r", "\n").encode("latin-1", "replace")
    return pack(">BxxxI", ServerMessageType.SERVER_CUT_TEXT, len(said)) + said


def extended_cut_text(data: bytes) -> bytes:
    """A message of the Extended Clipboard (rfbproto); `extended_clipboard` makes the data."""
    return pack(">Bxxxi", ServerMessageType.SERVER_CUT_TEXT, -len(data)) + data


def end_of_continuous_updates() -> bytes:
    """From rfbproto; also says that EnableContinuousUpdates is understood."""
    return bytes((ServerMessageType.END_OF_CONTINUOUS_UPDATES,))


def xvp(code: XvpCode) -> bytes:
    """Version 1 of xvp (rfbproto)."""
    return pack(">BxBB", ServerMessageType.XVP, 1, code)


def framebuffer_update(rectangles: int = UNKNOWN_COUNT) -> bytes:
    """The head of section 7.6.1; with UNKNOWN_COUNT the last rectangle must be `last_rect`."""
    return pack(">BxH", ServerMessageType.FRAMEBUFFER_UPDATE, rectangles)


def rectangle(x: int, y: int, width: int, height: int, encoding: int) -> bytes:
    """The 12 bytes before a rectangle's data (section 7.6.1), in pixels."""
    return pack(">HHHHi", x, y, width, height, encoding)


def copy_rect(x: int, y: int, width: int, height: int, from_x: int, from_y: int) -> bytes:
    """A whole CopyRect rectangle (section 7.7.2), in pixels."""
    return rectangle(x, y, width, height, Encoding.COPYRECT) + pack(">HH", from_x, from_y)


def last_rect() -> bytes:
    """Ends an update of UNKNOWN_COUNT rectangles (rfbproto)."""
    return rectangle(0, 0, 0, 0, Encoding.LAST_RECT)


def desktop_size(width: int, height: int) -> bytes:
    """The rectangle DesktopSize (section 7.8.2), the last of its update."""
    return rectangle(0, 0, width, height, Encoding.DESKTOP_SIZE)


def extended_desktop_size(
    width: int,
    height: int,
    screens: Sequence[Screen],
    reason: ResizeReason = ResizeReason.SERVER,
    status: ResizeStatus = ResizeStatus.DONE,
) -> bytes:
    """The rectangle ExtendedDesktopSize (rfbproto); no picture may be in the same update."""
    head = rectangle(reason, status, width, height, Encoding.EXTENDED_DESKTOP_SIZE)
    return head + pack(">B3x", len(screens)) + b"".join(pack(">IHHHHI", *s) for s in screens)


def desktop_name(name: str) -> bytes:
    """The rectangle DesktopName (rfbproto), in UTF-8."""
    said = name.encode()
    return rectangle(0, 0, 0, 0, Encoding.DESKTOP_NAME) + pack(">I", len(said)) + said


def announcement(encoding: Encoding) -> bytes:
    """The empty rectangle by which QEMU_EXTENDED_KEY_EVENT or EXTENDED_MOUSE_BUTTONS is taken."""
    return rectangle(0, 0, 0, 0, encoding)


def qemu_led_state(leds: Led) -> bytes:
    """The rectangle QEMU LED State (rfbproto)."""
    return rectangle(0, 0, 0, 0, Encoding.QEMU_LED_STATE) + bytes((leds,))


def vmware_led_state(leds: Led) -> bytes:
    """The rectangle VMware LED State (rfbproto)."""
    return rectangle(0, 0, 0, 0, Encoding.VMWARE_LED_STATE) + pack(">I", leds)


def joined(rectangles: Iterable[bytes]) -> bytes:
    """One whole FramebufferUpdate (section 7.6.1)."""
    found = tuple(rectangles)
    return framebuffer_update(len(found)) + b"".join(found)
