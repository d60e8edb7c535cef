"""Messages of an RFB server: functions that return the bytes of each.

Section numbers are those of RFC 6143; what goes beyond it is named as in rfbproto. Framebuffer
updates are made in rectangles.py, fences in fences.py.
"""

from __future__ import annotations

from enum import IntEnum
from struct import pack

from desktopd.rfb.protocol.pixel_format import PixelFormat, colour_map

_XVP_VERSION = 1
_XVP_FAIL = 0


class ServerMessageType(IntEnum):
    """First byte of a server message after the handshake; that of fences is theirs."""

    FRAMEBUFFER_UPDATE = 0
    SET_COLOUR_MAP_ENTRIES = 1
    BELL = 2
    SERVER_CUT_TEXT = 3
    END_OF_CONTINUOUS_UPDATES = 150
    XVP = 250


def server_init(width: int, height: int, pixel_format: PixelFormat, name: str) -> bytes:
    """Section 7.3.2, in pixels; the name is sent as UTF-8."""
    said = name.encode()
    return pack(">HH", width, height) + pixel_format.pack() + pack(">I", len(said)) + said


def set_colour_map_entries() -> bytes:
    """All 256 colours of a colour map format (section 7.6.2)."""
    entries = colour_map()
    head = pack(">BxHH", ServerMessageType.SET_COLOUR_MAP_ENTRIES, 0, len(entries))
    return head + b"".join(pack(">HHH", *entry) for entry in entries)


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


def xvp_fail() -> bytes:
    """The answer to a viewer that asks for a shutdown or a reset: there is none (rfbproto, xvp)."""
    return pack(">BxBB", ServerMessageType.XVP, _XVP_VERSION, _XVP_FAIL)
