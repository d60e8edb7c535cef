"""What a viewer's keyboard and mouse say: KeyEvent, PointerEvent and their extensions.

Section numbers are those of RFC 6143; what goes beyond it is named as in rfbproto. Tested with the
other messages by tests/unit/rfb/protocol/test_client_messages.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Self

from desktopd.rfb.protocol.message import ClientMessage, MessageLimits, ProtocolError

_ORDERS = (
    *(range(0xFE70, 0xFE7B), range(0xFED0, 0xFED6), range(0xFEE0, 0xFF00)),
    range(0x1008_FE01, 0x1008_FE26),
)
"""Keysyms of AccessX, Terminate_Server and screens, Pointer_…, and XF86Switch_VT to XF86LogGrabInfo
(keysymdef.h, XF86keysym.h)."""


def is_order(keysym: int) -> bool:
    """Whether X obeys this key itself: it ends, or takes keys otherwise from then on."""
    return any(keysym in orders for orders in _ORDERS)


@dataclass(frozen=True, slots=True)
class KeyEvent(ClientMessage):
    """Section 7.5.4."""

    layout = Struct(">x?2xI")
    down: bool
    keysym: int


@dataclass(frozen=True, slots=True)
class PointerEvent(ClientMessage):
    """Section 7.5.5. Bit n of `buttons` says that button n + 1 is down."""

    layout = Struct(">xBHH")
    buttons: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class ExtendedPointerEvent(PointerEvent):
    """A PointerEvent of a client that has announced ExtendedMouseButtons (rfbproto).

    Such a client sets bit 7 of the first mask only where a second mask follows, and only after
    the server has announced it too; so this bit alone tells the length.
    """

    @classmethod
    def size(cls, head: bytearray, limits: MessageLimits) -> int:
        """6 bytes, and 1 for the second mask."""
        return cls.layout.size + (len(head) > 1 and head[1] >> 7)

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read both masks as one."""
        low, x, y = cls.layout.unpack_from(raw)
        high = raw[cls.layout.size] if low & 0x80 else 0
        return cls(raw, low & 0x7F | high << 7, x, y)


@dataclass(frozen=True, slots=True)
class QemuKeyEvent(ClientMessage):
    """QEMU Extended Key Event of rfbproto; `keycode` is an XT scan code."""

    layout = Struct(">xxHII")
    down: bool
    keysym: int
    keycode: int

    @classmethod
    def size(cls, head: bytearray, limits: MessageLimits) -> int:
        """12; QEMU's other submessages (audio) raise ProtocolError."""
        if len(head) > 1 and head[1] != 0:
            raise ProtocolError(f"QEMU submessage {head[1]} is not known here: only key events are")
        return cls.layout.size

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the fields."""
        down, keysym, keycode = cls.layout.unpack(raw)
        return cls(raw, down != 0, keysym, keycode)
