"""The words of the beginning of a connection: versions, security types, the client's messages.

Who says them when stands in `client_handshake` and `server_handshake`. Section numbers are those
of RFC 6143.
test_client_messages and test_server_handshake test them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import NamedTuple, Self

from desktopd.rfb.protocol.message import ClientMessage, ProtocolError

GREETING = b"RFB 003.008\n"
"""The version that we speak, to servers and to viewers."""
VERSION_LENGTH = len(GREETING)
CHALLENGE_LENGTH = 16
"""Of VNC authentication, and of the answer to it (section 7.2.2)."""
SHARED_CLIENT_INIT = b"\x01"
"""A ClientInit that leaves the other viewers where they are (section 7.3.1)."""


class Version(NamedTuple):
    """An RFB protocol version, e.g. 3.8."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @classmethod
    def parse(cls, greeting: bytes) -> Version:
        """Read a ProtocolVersion message of 12 bytes, from either side (section 7.1.1)."""
        match = re.fullmatch(rb"RFB (\d{3})\.(\d{3})\n", greeting)
        if match is None:
            raise ProtocolError(f"expected 'RFB 003.008', got {bytes(greeting)!r}: this is no RFB")
        return cls(int(match[1]), int(match[2]))

    @property
    def spoken(self) -> Version:
        """The one of RFC 6143 that a viewer of this version speaks (section 7.1.1).

        What is unknown speaks 3.3 at least; Apple's viewer calls itself 3.889.
        """
        if self >= RFB_3_8:
            return RFB_3_8
        return RFB_3_7 if self == RFB_3_7 else RFB_3_3


RFB_3_3, RFB_3_7, RFB_3_8 = Version(3, 3), Version(3, 7), Version(3, 8)


class SecurityType(IntEnum):
    """Section 7.1.2. Others go on in ways that cannot be followed from the client's side alone."""

    NONE = 1
    VNC_AUTHENTICATION = 2


@dataclass(frozen=True, slots=True)
class ProtocolVersion(ClientMessage):
    """Section 7.1.1."""

    layout = Struct(f"{VERSION_LENGTH}x")
    version: Version

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the version; only the three of RFC 6143 are taken."""
        version = Version.parse(raw)
        if version not in (RFB_3_3, RFB_3_7, RFB_3_8):
            raise ProtocolError(f"RFB {version} is not 3.3, 3.7 or 3.8: use another viewer")
        return cls(raw, version)


@dataclass(frozen=True, slots=True)
class SecurityChoice(ClientMessage):
    """Section 7.1.2; from RFB 3.7 on."""

    layout = Struct(">B")
    security_type: SecurityType

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the type; what is not a SecurityType raises ProtocolError."""
        try:
            return cls(raw, SecurityType(raw[0]))
        except ValueError:
            raise ProtocolError(
                f"security type {raw[0]} cannot be relayed: "
                "let the server offer None (1) or VNC authentication (2)"
            ) from None


@dataclass(frozen=True, slots=True)
class AuthenticationResponse(ClientMessage):
    """The encrypted challenge of VNC authentication, section 7.2.2."""

    layout = Struct(f"{CHALLENGE_LENGTH}x")


@dataclass(frozen=True, slots=True)
class ClientInit(ClientMessage):
    """Section 7.3.1. Not `shared`: the server shall disconnect all others."""

    layout = Struct(">?")
    shared: bool
