"""Framebuffer updates of an RFB server, and the rectangles in them that hold no pixels.

A rectangle is the bytes of its header and of its data, so that one can go to many viewers. The
encodings of pixels are in the room `encoders`; section numbers are those of RFC 6143, and what goes
beyond it is named as in rfbproto.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum, IntFlag
from struct import pack
from typing import NamedTuple

from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.server_messages import ServerMessageType


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


def framebuffer_update(rectangles: Iterable[bytes]) -> bytes:
    """One whole message (section 7.6.1)."""
    found = tuple(rectangles)
    header = pack(">BxH", ServerMessageType.FRAMEBUFFER_UPDATE, len(found))
    return b"".join((header, *found))


def rectangle_header(x: int, y: int, width: int, height: int, encoding: int) -> bytes:
    """The 12 bytes before a rectangle's data (section 7.6.1), in pixels."""
    return pack(">HHHHi", x, y, width, height, encoding)


def copy_rect(x: int, y: int, width: int, height: int, from_x: int, from_y: int) -> bytes:
    """A whole CopyRect rectangle (section 7.7.2), in pixels."""
    return rectangle_header(x, y, width, height, Encoding.COPYRECT) + pack(">HH", from_x, from_y)


def desktop_size(width: int, height: int) -> bytes:
    """The rectangle DesktopSize (section 7.8.2), the last of its update."""
    return rectangle_header(0, 0, width, height, Encoding.DESKTOP_SIZE)


def extended_desktop_size(
    width: int,
    height: int,
    screens: Sequence[Screen],
    reason: ResizeReason = ResizeReason.SERVER,
    status: ResizeStatus = ResizeStatus.DONE,
) -> bytes:
    """The rectangle ExtendedDesktopSize (rfbproto); no picture may be in the same update."""
    head = rectangle_header(reason, status, width, height, Encoding.EXTENDED_DESKTOP_SIZE)
    return head + pack(">B3x", len(screens)) + b"".join(pack(">IHHHHI", *s) for s in screens)


def announcement(encoding: Encoding) -> bytes:
    """The empty rectangle by which QEMU_EXTENDED_KEY_EVENT or EXTENDED_MOUSE_BUTTONS is taken."""
    return rectangle_header(0, 0, 0, 0, encoding)


def qemu_led_state(leds: Led) -> bytes:
    """The rectangle QEMU LED State (rfbproto)."""
    return rectangle_header(0, 0, 0, 0, Encoding.QEMU_LED_STATE) + bytes((leds,))
