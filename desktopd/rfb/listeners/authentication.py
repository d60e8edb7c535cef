"""Lets a VNC viewer in: the server's part of RFB's handshake, up to SecurityResult.

Section numbers are those of RFC 6143; VeNCrypt is described in rfbproto. Nothing is read ahead:
the bytes after a message may be those of a TLS handshake.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from desktopd.rfb.listeners.password import CHALLENGE_LENGTH, Lockout, VncPasswords
from desktopd.rfb.protocol.handshake import (
    RFB_3_3,
    RFB_3_7,
    RFB_3_8,
    VERSION_LENGTH,
    SecurityType,
    Version,
)
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.viewers.viewer import Role

GREETING = b"RFB 003.008\n"
_VENCRYPT = 19
_VENCRYPT_0_2 = b"\x00\x02"
_VENCRYPT_REFUSED = b"\xff"
_OK = bytes(4)
_FAILED = (1).to_bytes(4)


class VeNCrypt(IntEnum):
    """Subtypes that begin with TLS and the certificate of the server."""

    X509_NONE = 260
    X509_VNC = 261


class Channel(Protocol):
    """A connection to a viewer."""

    async def read(self, count: int) -> bytes:
        """Exactly `count` bytes; ConnectionError or IncompleteReadError when the viewer leaves."""

    async def write(self, data: bytes) -> None:
        """Send all of `data`."""


class Refused(Exception):
    """A viewer is not let in; the text has been told to it, where its protocol has room."""


@dataclass(frozen=True, slots=True)
class VncAuthenticator:
    """How viewers come in.

    `passwords`: None lets everybody in. `tls`: there is a certificate; `plain`: viewers may come
    without TLS.
    """

    passwords: VncPasswords | None
    tls: bool = False
    plain: bool = True
    lockout: Lockout = field(default_factory=Lockout)

    @property
    def _type(self) -> SecurityType:
        return SecurityType.VNC_AUTHENTICATION if self.passwords else SecurityType.NONE

    async def negotiate(self, channel: Channel) -> Agreement:
        """Agree on version and security type; the caller starts TLS when that is agreed on.

        Raises ProtocolError and Refused.
        """
        await channel.write(GREETING)
        version = _spoken(Version.parse(await channel.read(VERSION_LENGTH)))
        if version == RFB_3_3:
            await self._decide(channel)
            return Agreement(version, tls=False)
        offered = [_VENCRYPT] * self.tls + [self._type] * self.plain
        await channel.write(bytes([len(offered), *offered]))
        (chosen,) = await channel.read(1)
        if chosen not in offered:
            raise ProtocolError(f"the viewer chose security type {chosen}, not one of {offered}")
        if chosen == _VENCRYPT:
            await self._vencrypt(channel)
        return Agreement(version, tls=chosen == _VENCRYPT)

    async def _decide(self, channel: Channel) -> None:
        """RFB 3.3, where the server decides (section 7.1.2)."""
        if not self.plain:
            reason = "this desktop takes viewers with TLS (VeNCrypt) only"
            await channel.write(bytes(4) + _string(reason))
            raise Refused(reason)
        await channel.write(self._type.to_bytes(4))

    async def _vencrypt(self, channel: Channel) -> None:
        await channel.write(_VENCRYPT_0_2)
        if (version := await channel.read(2)) != _VENCRYPT_0_2:
            await channel.write(_VENCRYPT_REFUSED)
            raise ProtocolError(f"VeNCrypt {version[0]}.{version[1]} is not 0.2")
        subtype = VeNCrypt.X509_VNC if self.passwords else VeNCrypt.X509_NONE
        await channel.write(b"\x00\x01" + subtype.to_bytes(4))
        if (chosen := int.from_bytes(await channel.read(4))) != subtype:
            await channel.write(b"\x00")
            raise ProtocolError(f"the viewer chose VeNCrypt {chosen}, not {subtype}")
        await channel.write(b"\x01")

    async def identify(self, channel: Channel, agreed: Agreement, address: str) -> Role:
        """Ask for the password, if there is one; raises Refused. `address` is an IP address."""
        if self.passwords is None:
            return Role.CONTROL
        challenge = secrets.token_bytes(CHALLENGE_LENGTH)
        await channel.write(challenge)
        answer = await channel.read(CHALLENGE_LENGTH)
        if seconds := self.lockout.locked(address):
            reason = f"too many wrong passwords; try again in {seconds:.0f} s"
            raise await agreed.refuse(channel, reason)
        role = self.passwords.role(challenge, answer)
        if role is None:
            self.lockout.failed(address)
            raise await agreed.refuse(channel, "wrong password")
        if role is Role.CONTROL:
            # Whoever may only watch must not clear the way for guesses at the other password.
            self.lockout.succeeded(address)
        return role

    async def welcome(self, channel: Channel, agreed: Agreement) -> None:
        """Tell the viewer that it is in (section 7.1.3)."""
        if self.passwords or agreed.tls or agreed.version == RFB_3_8:
            await channel.write(_OK)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What viewer and server have agreed on."""

    version: Version
    tls: bool

    async def refuse(self, channel: Channel, reason: str) -> Refused:
        """Tell the viewer that it is not let in (section 7.1.3); returns the error to raise."""
        await channel.write(_FAILED + (_string(reason) if self.version == RFB_3_8 else b""))
        return Refused(reason)


def _spoken(version: Version) -> Version:
    """The version to go on with; what is unknown speaks 3.3 at least (section 7.1.1).

    Apple's viewer calls itself 3.889.
    """
    if version >= RFB_3_8:
        return RFB_3_8
    return RFB_3_7 if version == RFB_3_7 else RFB_3_3


def _string(text: str) -> bytes:
    return len(text.encode()).to_bytes(4) + text.encode()
