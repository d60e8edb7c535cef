"""The server's part in the beginning of a connection (RFC 6143 sections 7.1 to 7.3)."""

from __future__ import annotations

from desktopd.rfb.protocol import server_messages
from desktopd.rfb.protocol.handshake import (
    RFB_3_8,
    ClientInit,
    ProtocolVersion,
    SecurityChoice,
    SecurityType,
)
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.pixel_format import NATIVE
from desktopd.rfb.server.client_display import ClientDisplay

GREETING = b"RFB 003.008\n"


class ServerHandshake:
    """Lets in whoever has come this far: who may watch has been decided before."""

    def __init__(self, display: ClientDisplay) -> None:
        self.size = display.size
        """Of the screen, as the viewer was told."""
        self._display = display
        self._version = RFB_3_8

    def answer(self, message: ProtocolVersion | SecurityChoice | ClientInit) -> bytes:
        """What to say to a message of the viewer; ProtocolError where that is nothing."""
        match message:
            case ProtocolVersion(version=version):
                self._version = version
                return server_messages.security_types(version)
            case SecurityChoice(security_type=chosen):
                if chosen is not SecurityType.NONE:
                    raise ProtocolError("security type None is the only one offered")
                return server_messages.security_result(self._version)
            case ClientInit():
                size = self.size = self._display.size
                return server_messages.server_init(
                    size.width, size.height, NATIVE, self._display.name
                )
