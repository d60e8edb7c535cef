"""VNC authentication (RFC 6143 section 7.2.2): its cipher, and passwords of eight bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from hmac import compare_digest

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from desktopd.rfb.protocol.handshake import CHALLENGE_LENGTH
from desktopd.rfb.viewers.viewer import Role

_KEY_LENGTH = 8


def response(password: bytes, challenge: bytes) -> bytes:
    """What a viewer makes of `challenge`, 16 bytes; ValueError for a password that cannot be.

    Only eight bytes of a password would count, so a longer one is refused, as is an empty one.
    """
    if not 1 <= len(password) <= _KEY_LENGTH or b"\0" in password:
        raise ValueError(f"a VNC password has 1 to {_KEY_LENGTH} bytes")
    # RFC 6143 errata: the bits of each byte of the key are taken in reverse order.
    key = bytes(int(f"{byte:08b}"[::-1], 2) for byte in password.ljust(_KEY_LENGTH, b"\0"))
    # Triple DES with three equal keys is DES.
    return Cipher(TripleDES(key * 3), modes.ECB()).encryptor().update(challenge)


@dataclass(frozen=True, slots=True)
class VncPasswords:
    """The password for full control, and one that may only watch. Raises ValueError."""

    control: str = field(repr=False)
    view: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for password in (self.control, self.view):
            if password is not None:
                response(password.encode(), bytes(CHALLENGE_LENGTH))

    def role(self, challenge: bytes, answer: bytes) -> Role | None:
        """What the answer of a viewer entitles it to; None when it is wrong."""
        for password, role in ((self.control, Role.CONTROL), (self.view, Role.VIEW)):
            if password is not None and compare_digest(
                response(password.encode(), challenge), answer
            ):
                return role
        return None
