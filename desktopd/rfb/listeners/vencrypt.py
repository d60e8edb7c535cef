"""VeNCrypt 0.2 (rfbproto): the security type that agrees on TLS with the server's certificate."""

from __future__ import annotations

from enum import IntEnum

from desktopd.rfb.listeners.channel import Channel
from desktopd.rfb.protocol.message import ProtocolError

VENCRYPT = 19
"""The number of the security type."""
_VERSION = b"\x00\x02"
_VERSION_REFUSED = b"\xff"
_CHOICE_REFUSED, _CHOICE_TAKEN = b"\x00", b"\x01"


class Subtype(IntEnum):
    """Subtypes that begin with TLS and the certificate of the server."""

    X509_NONE = 260
    X509_VNC = 261


async def agree(channel: Channel, subtype: Subtype) -> None:
    """Agree on `subtype`, after which both sides begin with TLS; raises ProtocolError."""
    await channel.write(_VERSION)
    if (version := await channel.read(len(_VERSION))) != _VERSION:
        await channel.write(_VERSION_REFUSED)
        raise ProtocolError(f"VeNCrypt {version[0]}.{version[1]} is not 0.2")
    await channel.write(b"\x00\x01" + subtype.to_bytes(4))
    if (chosen := int.from_bytes(await channel.read(4))) != subtype:
        await channel.write(_CHOICE_REFUSED)
        raise ProtocolError(f"the viewer chose VeNCrypt {chosen}, not {subtype}")
    await channel.write(_CHOICE_TAKEN)
