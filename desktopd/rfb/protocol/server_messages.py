"""Messages of an RFB server: functions that return the bytes of each.

Section numbers are those of RFC 6143; what goes beyond it is named as in rfbproto. Framebuffer
updates are in rectangles.py, fences in fences.py.
"""

from __future__ import annotations

from enum import IntEnum
from struct import pack

from desktopd.rfb.protocol.handshake import RFB_3_3, RFB_3_7, SecurityType, Version
from desktopd.rfb.protocol.pixel_format import PixelFormat, colour_map

_XVP_VERSION = 1
_XVP_FAIL = 0


class ServerMessageType(IntEnum):
    """First byte of each message that is made here."""

    SET_COLOUR_MAP_ENTRIES = 1
    SERVER_CUT_TEXT = 3
    END_OF_CONTINUOUS_UPDATES = 150
    XVP = 250


def security_types(version: Version) -> bytes:
    """The offer of type None, and of nothing else (section 7.1.2; 3.3 in RFC 6143 appendix A)."""
    if version == RFB_3_3:
        return pack(">I", SecurityType.NONE)
    return bytes((1, SecurityType.NONE))


def security_result(version: Version) -> bytes:
    """What follows the choice of type None (section 7.1.3): until 3.8 nothing."""
    return b"" if version in (RFB_3_3, RFB_3_7) else pack(">I", 0)


def security_refusal(version: Version, reason: str) -> bytes:
    """Instead of `security_types`: the viewer shows the reason; close the connection after it."""
    said = reason.encode()
    number_of_types = pack(">I", 0) if version == RFB_3_3 else b"\0"
    return number_of_types + pack(">I", len(said)) + said


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
