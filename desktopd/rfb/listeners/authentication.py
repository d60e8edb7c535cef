"""Lets a VNC viewer in, up to SecurityResult: by a password, by TLS, or as it comes.

Section numbers are those of RFC 6143. Nothing is read ahead: the bytes after a message may be
those of a TLS handshake.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field

from desktopd.lockout import Lockout
from desktopd.rfb.listeners import vencrypt
from desktopd.rfb.listeners.channel import Channel
from desktopd.rfb.listeners.password import VncPasswords
from desktopd.rfb.listeners.vencrypt import VENCRYPT, Subtype
from desktopd.rfb.protocol.handshake import (
    CHALLENGE_LENGTH,
    RFB_3_3,
    VERSION_LENGTH,
    SecurityType,
    Version,
)
from desktopd.rfb.protocol.server_handshake import ServerHandshake
from desktopd.rfb.viewers.viewer import Role


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

    async def negotiate(self, channel: Channel) -> ServerHandshake:
        """Agree on version and security type; the caller starts TLS when `tls_chosen`.

        Raises ProtocolError and Refused.
        """
        handshake = ServerHandshake()
        await channel.write(handshake.greeting)
        handshake.version = Version.parse(await channel.read(VERSION_LENGTH)).spoken
        types = self._types(handshake.version)
        if not types:
            raise await refuse(
                channel, handshake, "this desktop takes viewers with TLS (VeNCrypt) only"
            )
        await channel.write(handshake.offer(types))
        if handshake.chosen is None:
            handshake.choose((await channel.read(1))[0])
        if tls_chosen(handshake):
            await vencrypt.agree(channel, Subtype.X509_VNC if self.passwords else Subtype.X509_NONE)
        return handshake

    def _types(self, version: Version) -> list[int]:
        """The security types for a viewer, the better first; RFB 3.3 knows no VeNCrypt."""
        plain = SecurityType.VNC_AUTHENTICATION if self.passwords else SecurityType.NONE
        return [VENCRYPT] * (self.tls and version != RFB_3_3) + [plain] * self.plain

    async def identify(self, channel: Channel, handshake: ServerHandshake, address: str) -> Role:
        """Ask for the password, if there is one; raises Refused. `address` is an IP address."""
        if self.passwords is None:
            return Role.CONTROL
        challenge = secrets.token_bytes(CHALLENGE_LENGTH)
        await channel.write(challenge)
        answer = await channel.read(CHALLENGE_LENGTH)
        # Also the right password waits: eight characters are soon guessed.
        await asyncio.sleep(self.lockout.pause(address))
        role = self.passwords.role(challenge, answer)
        if role is None:
            self.lockout.failed(address)
            raise await refuse(channel, handshake, "wrong password")
        if role is Role.CONTROL:
            # Whoever may only watch must not clear the way for guesses at the other password.
            self.lockout.succeeded(address)
        return role


def tls_chosen(handshake: ServerHandshake) -> bool:
    """Whether viewer and server go on with TLS."""
    return handshake.chosen == VENCRYPT


async def refuse(channel: Channel, handshake: ServerHandshake, reason: str) -> Refused:
    """Tell the viewer that it is not let in; returns the error to raise."""
    await channel.write(handshake.refuse(reason))
    return Refused(reason)
