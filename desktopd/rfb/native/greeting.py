"""The server's part in the beginning of a connection (RFC 6143 sections 7.1 to 7.3)."""

from __future__ import annotations

from desktopd.rfb import updates
from desktopd.rfb.handshake import (
    RFB_3_8,
    ClientInit,
    ProtocolVersion,
    SecurityChoice,
    SecurityType,
)
from desktopd.rfb.message import ProtocolError
from desktopd.rfb.native.desk import Desk
from desktopd.rfb.pixelformat import NATIVE

GREETING = b"RFB 003.008\n"


class Greeting:
    """Lets in whoever has come this far: who may watch has been decided before."""

    def __init__(self, desk: Desk) -> None:
        self.size = desk.size
        """Of the screen, as the viewer was told."""
        self._desk = desk
        self._version = RFB_3_8

    def answer(self, message: ProtocolVersion | SecurityChoice | ClientInit) -> bytes:
        """What to say to a message of the viewer; ProtocolError where that is nothing."""
        match message:
            case ProtocolVersion(version=version):
                self._version = version
                return updates.security_types(version)
            case SecurityChoice(security_type=chosen):
                if chosen is not SecurityType.NONE:
                    raise ProtocolError("security type None is the only one offered")
                return updates.security_result(self._version)
            case ClientInit():
                size = self.size = self._desk.size
                return updates.server_init(size.width, size.height, NATIVE, self._desk.name)
