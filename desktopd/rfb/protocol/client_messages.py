"""What an RFB client says after the handshake: one class a message, but for keyboard and mouse.

Each reads its own bytes; client_message_parser cuts a stream into them, and input_events has what
a keyboard and a mouse say. Section numbers are those of RFC 6143; what goes beyond it is named as
in rfbproto.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct, unpack_from
from typing import ClassVar, Self

from desktopd.rfb.protocol import fences
from desktopd.rfb.protocol.desktop_scale import scale_of
from desktopd.rfb.protocol.message import ClientMessage, MessageLimits, ProtocolError
from desktopd.rfb.protocol.pixel_format import PixelFormat, check_bits_per_pixel

_EXTENDED_CAPS = 0x01
_EXTENDED_NOTIFY_OR_PROVIDE = 0x18


class MessageType(IntEnum):
    """The first byte of a client message after the handshake."""

    SET_PIXEL_FORMAT = 0
    SET_ENCODINGS = 2
    FRAMEBUFFER_UPDATE_REQUEST = 3
    KEY_EVENT = 4
    POINTER_EVENT = 5
    CLIENT_CUT_TEXT = 6
    ENABLE_CONTINUOUS_UPDATES = 150
    CLIENT_FENCE = fences.FENCE
    XVP = 250
    SET_DESKTOP_SIZE = 251
    QEMU = 255


@dataclass(frozen=True, slots=True)
class SetPixelFormat(ClientMessage):
    """Section 7.5.1. Its format may be one that no pixel can have: see PixelFormat.check."""

    layout = Struct(f">4x{PixelFormat.layout.size}s")
    pixel_format: PixelFormat

    @classmethod
    def size(cls, head: bytearray, limits: MessageLimits) -> int:
        """20 bytes. Raises ProtocolError at bits per pixel that no server knows."""
        if len(head) > 4:
            check_bits_per_pixel(head[4])
        return cls.layout.size

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the format."""
        (packed,) = cls.layout.unpack(raw)
        return cls(raw, PixelFormat.parse(packed))


@dataclass(frozen=True, slots=True)
class SetEncodings(ClientMessage):
    """Section 7.5.2: signed encoding numbers in the client's order of preference."""

    layout = Struct(">xxH")
    encodings: tuple[int, ...]

    @classmethod
    def size(cls, head: bytearray, limits: MessageLimits) -> int:
        """4 bytes, and 4 for each encoding."""
        if len(head) < cls.layout.size:
            return cls.layout.size
        (count,) = cls.layout.unpack_from(head)
        if count > limits.encodings:
            raise ProtocolError(f"SetEncodings: {count} encodings, at most {limits.encodings}")
        return cls.layout.size + 4 * int(count)

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the list."""
        (count,) = cls.layout.unpack_from(raw)
        return cls(raw, unpack_from(f">{count}i", raw, cls.layout.size))


@dataclass(frozen=True, slots=True)
class FramebufferUpdateRequest(ClientMessage):
    """Section 7.5.3, in pixels."""

    layout = Struct(">x?HHHH")
    incremental: bool
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ClientCutText(ClientMessage):
    """Section 7.5.6, and `extended` as in rfbproto's Extended Clipboard (a negative length)."""

    layout = Struct(">4xi")
    extended: bool

    @property
    def data(self) -> bytes:
        """Latin-1 text, or the flags and compressed formats of an extended message."""
        return self.raw[self.layout.size :]

    @property
    def offers_text(self) -> bool:
        """There is something new to paste; false where an extended message only negotiates."""
        if not self.extended:
            return True
        actions = self.data[0]
        return not actions & _EXTENDED_CAPS and bool(actions & _EXTENDED_NOTIFY_OR_PROVIDE)

    @classmethod
    def size(cls, head: bytearray, limits: MessageLimits) -> int:
        """8 bytes, and the data."""
        if len(head) < cls.layout.size:
            return cls.layout.size
        (length,) = cls.layout.unpack_from(head)
        if abs(length) > limits.clipboard:
            raise ProtocolError(
                f"ClientCutText: {abs(length)} bytes of clipboard, at most {limits.clipboard}"
            )
        if -4 < length < 0:
            raise ProtocolError(f"ClientCutText: {-length} bytes cannot hold the extended flags")
        return cls.layout.size + abs(int(length))

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the sign of the length."""
        return cls(raw, cls.layout.unpack_from(raw)[0] < 0)


@dataclass(frozen=True, slots=True)
class EnableContinuousUpdates(ClientMessage):
    """From rfbproto, in pixels."""

    layout = Struct(">x?HHHH")
    enable: bool
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ClientFence(ClientMessage):
    """From rfbproto."""

    layout = Struct(">4xIB")
    flags: int
    payload_length: int

    @property
    def payload(self) -> bytes:
        """What an answer repeats."""
        return self.raw[self.layout.size :]

    @classmethod
    def size(cls, head: bytearray, limits: MessageLimits) -> int:
        """9 bytes, and up to 64 of payload."""
        if len(head) < cls.layout.size:
            return cls.layout.size
        length = head[cls.layout.size - 1]
        if length > fences.PAYLOAD_LIMIT:
            raise ProtocolError(
                f"ClientFence: {length} bytes of payload, at most {fences.PAYLOAD_LIMIT}"
            )
        return cls.layout.size + length


@dataclass(frozen=True, slots=True)
class Xvp(ClientMessage):
    """From rfbproto: shut down (2), reboot (3) or reset (4) the machine."""

    layout = Struct(">xxBB")
    version: int
    code: int


@dataclass(frozen=True, slots=True)
class SetDesktopSize(ClientMessage):
    """From rfbproto, in pixels."""

    layout = Struct(">xxHHBx")
    screen_length: ClassVar[int] = 16
    width: int
    height: int
    screens: int

    @classmethod
    def size(cls, head: bytearray, limits: MessageLimits) -> int:
        """8 bytes, and 16 for each screen."""
        screens = head[6] if len(head) > 6 else 0
        return cls.layout.size + cls.screen_length * screens

    @property
    def scale(self) -> float | None:
        """How large programs are to draw, as the first screen says; see desktop_scale."""
        if not self.screens:
            return None
        return scale_of(*unpack_from(">12xI", self.raw, self.layout.size))
