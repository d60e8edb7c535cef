"""Reads an RFB client's stream, which may be cut anywhere, message by message.

Pure bytes in, values out: no sockets and no policy here. Only the messages that noVNC sends are
known; what they are made of stands in client_messages, input_events and handshake.
"""

from __future__ import annotations

from collections.abc import Iterator

from desktopd.rfb.protocol.client_messages import (
    ClientCutText,
    ClientFence,
    EnableContinuousUpdates,
    FramebufferUpdateRequest,
    MessageType,
    SetDesktopSize,
    SetEncodings,
    SetPixelFormat,
    Xvp,
)
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.handshake import (
    RFB_3_3,
    AuthenticationResponse,
    ClientInit,
    ProtocolVersion,
    SecurityChoice,
    SecurityType,
)
from desktopd.rfb.protocol.input_events import (
    ExtendedPointerEvent,
    KeyEvent,
    PointerEvent,
    QemuKeyEvent,
)
from desktopd.rfb.protocol.message import ClientMessage, MessageLimits, ProtocolError

DEFAULT_LIMITS = MessageLimits()

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


class ClientMessageParser:
    """Cuts a client's stream, from the first byte of the handshake on, into messages."""

    def __init__(self, limits: MessageLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits
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
        """Expect what may come after `message`."""
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
