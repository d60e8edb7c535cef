"""The server's part in the beginning of a connection: values in, bytes out (RFC 6143, 7.1).

What belongs to one security type, a password or TLS, is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack

from desktopd.rfb.protocol.handshake import (
    GREETING,
    RFB_3_3,
    RFB_3_8,
    ProtocolVersion,
    SecurityChoice,
    SecurityType,
)
from desktopd.rfb.protocol.message import ProtocolError

_OK = pack(">I", 0)
_FAILED = pack(">I", 1)


class ServerHandshake:
    """One viewer's way in: `greeting`, `offer`, `choose`, and at last `accept` or `refuse`.

    `version` is the viewer's and has to be set before the offer, `chosen` the security type.
    """

    greeting = GREETING

    def __init__(self) -> None:
        self.version = RFB_3_8
        self.chosen: int | None = None
        self._offered: tuple[int, ...] = ()

    def offer(self, types: Sequence[int] = (SecurityType.NONE,)) -> bytes:
        """The security types that the viewer may choose from, at least one (section 7.1.2).

        In RFB 3.3 the server chooses: the first.
        """
        self._offered = tuple(types)
        if self.version == RFB_3_3:
            self.chosen = types[0]
            return pack(">I", self.chosen)
        return bytes((len(types), *types))

    def choose(self, security_type: int) -> None:
        """Take the viewer's choice; ProtocolError where that was not offered."""
        if security_type not in self._offered:
            raise ProtocolError(
                f"the viewer chose security type {security_type}, not one of {[*self._offered]}"
            )
        self.chosen = security_type

    def accept(self) -> bytes:
        """SecurityResult: the viewer is in (section 7.1.3). Nothing, after None before RFB 3.8."""
        if self.chosen == SecurityType.NONE and self.version != RFB_3_8:
            return b""
        return _OK

    def answer(self, message: ProtocolVersion | SecurityChoice) -> bytes:
        """What to say to a viewer that needs neither password nor TLS; ProtocolError."""
        match message:
            case ProtocolVersion(version=version):
                self.version = version
                return self.offer()
            case SecurityChoice(security_type=chosen):
                self.choose(chosen)
                return self.accept()

    def refuse(self, reason: str) -> bytes:
        """What a viewer hears that is not let in, instead of the offer or of SecurityResult.

        The connection has to be closed after it.
        """
        said = pack(">I", len(reason.encode())) + reason.encode()
        if self.chosen is None:
            return (pack(">I", 0) if self.version == RFB_3_3 else b"\0") + said
        return _FAILED + (said if self.version == RFB_3_8 else b"")
