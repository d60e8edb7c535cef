"""What an RFB client says, read from bytes that may be cut anywhere.

Pure bytes in, values out: no sockets and no policy here. Section numbers are those of RFC 6143;
what goes beyond it is named as in rfbproto. Only the messages that noVNC sends are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct, unpack_from
from typing import ClassVar, Self

from desktopd.limits import CLIPBOARD_LIMIT
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.handshake import (
    RFB_3_3,
    AuthenticationResponse,
    ClientInit,
    ProtocolVersion,
    SecurityChoice,
    SecurityType,
)
from desktopd.rfb.protocol.message import (
    ENCODINGS_LIMIT,
    ClientMessage,
    MessageLimits,
    ProtocolError,
)

FENCE_LIMIT = 64
_EXTENDED_CAPS = 0x01
_EXTENDED_NOTIFY_OR_PROVIDE = 0x18


class MessageType(IntEnum):
    """First byte of a client message after the handshake."""

    SET_PIXEL_FORMAT = 0
    SET_ENCODINGS = 2
    FRAMEBUFFER_UPDATE_REQUEST = 3
    KEY_EVENT = 4
    POINTER_EVENT = 5
    CLIENT_CUT_TEXT = 6
    ENABLE_CONTINUOUS_UPDATES = 150
    CLIENT_FENCE = 248
    XVP = 250
    SET_DESKTOP_SIZE = 251
    QEMU = 255


@dataclass(frozen=True, slots=True)
class SetPixelFormat(ClientMessage):
    """Sections 7.5.1 and 7.4."""

    layout = Struct(">4xBB??HHHBBB3x")
    bits_per_pixel: int
    depth: int
    big_endian: bool
    true_colour: bool
    red_max: int
    green_max: int
    blue_max: int
    red_shift: int
    green_shift: int
    blue_shift: int

    @classmethod
    def size(cls, head: bytearray, limits: MessageLimits) -> int:
        """20; bits per pixel must be 8, 16 or 32."""
        if len(head) > 4 and head[4] not in (8, 16, 32):
            raise ProtocolError(f"SetPixelFormat: {head[4]} bits per pixel, must be 8, 16 or 32")
        return cls.layout.size


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

    @classmethod
    def size(cls, head: bytearray, limits: MessageLimits) -> int:
        """9 bytes, and up to 64 of payload."""
        if len(head) < cls.layout.size:
            return cls.layout.size
        length = head[cls.layout.size - 1]
        if length > FENCE_LIMIT:
            raise ProtocolError(f"ClientFence: {length} bytes of payload, at most {FENCE_LIMIT}")
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


_KINDS: dict[int, type[ClientMessage]] = {
    MessageType.SET_PIXEL_FORMAT: SetPixelFormat,
    MessageType.SET_ENCODINGS: SetEncodings,
    MessageType.FRAMEBUFFER_UPDATE_REQUEST: FramebufferUpdateRequest,
    MessageType.KEY_EVENT: KeyEvent,
    MessageType.POINTER_EVENT: PointerEvent,
    MessageType.CLIENT_CUT_TEXT: ClientCutText,
    MessageType.ENABLE_CONTINUOUS_UPDATES: EnableContinuousUpdates,
    MessageType.CLIENT_FENCE: ClientFence,
    MessageType.XVP: Xvp,
    MessageType.SET_DESKTOP_SIZE: SetDesktopSize,
    MessageType.QEMU: QemuKeyEvent,
}


class ClientMessages:
    """Cuts a client's stream, from the first byte of the handshake on, into messages."""

    def __init__(
        self, *, clipboard: int = CLIPBOARD_LIMIT, encodings: int = ENCODINGS_LIMIT
    ) -> None:
        self._limits = MessageLimits(clipboard, encodings)
        self._buffer = bytearray()
        self._handshake: type[ClientMessage] | None = ProtocolVersion
        self._kinds = dict(_KINDS)

    def feed(self, data: bytes) -> Iterator[ClientMessage]:
        """Take further bytes; the result yields each message that is now whole.

        While it is iterated it raises ProtocolError at bytes that cannot be followed, after it
        has yielded what came before them. It raises that again if it is fed after that.
        """
        self._buffer += data
        return self._whole_messages()

    def _whole_messages(self) -> Iterator[ClientMessage]:
        while self._buffer:
            kind = self._handshake or self._kind(self._buffer[0])
            size = kind.size(self._buffer, self._limits)
            if len(self._buffer) < size:
                return
            message = kind.parse(bytes(self._buffer[:size]))
            del self._buffer[:size]
            self._follow(message)
            yield message

    def _kind(self, number: int) -> type[ClientMessage]:
        kind = self._kinds.get(number)
        if kind is None:
            raise ProtocolError(f"client message type {number} is not known here")
        return kind

    def _follow(self, message: ClientMessage) -> None:
        """Change what is expected next."""
        match message:
            case ProtocolVersion(version=version):
                self._handshake = ClientInit if version == RFB_3_3 else SecurityChoice
            case SecurityChoice(security_type=SecurityType.VNC_AUTHENTICATION):
                self._handshake = AuthenticationResponse
            case SecurityChoice() | AuthenticationResponse():
                self._handshake = ClientInit
            case ClientInit():
                self._handshake = None
            case SetEncodings(encodings=encodings):
                if Encoding.EXTENDED_MOUSE_BUTTONS in encodings:
                    self._kinds[MessageType.POINTER_EVENT] = ExtendedPointerEvent
