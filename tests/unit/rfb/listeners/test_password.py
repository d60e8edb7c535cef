"""VNC authentication: the cipher, and the two passwords."""

from __future__ import annotations

import pytest

from desktopd.rfb.listeners.password import VncPasswords, response
from desktopd.rfb.viewers.viewer import Role

CHALLENGE = bytes(range(16))


def mirrored(key: str) -> bytes:
    return bytes(int(f"{byte:08b}"[::-1], 2) for byte in bytes.fromhex(key))


@pytest.mark.parametrize(
    ("key", "plain", "cipher"),
    [
        # NIST SP 500-20 and the worked example of FIPS 46.
        ("0101010101010101", "8000000000000000", "95F8A5E5DD31D900"),
        ("8001010101010101", "0000000000000000", "95A8D72813DAA94D"),
        ("133457799BBCDFF1", "0123456789ABCDEF", "85E813540F0AB405"),
    ],
)
def test_the_response_is_des_with_the_bits_of_the_password_mirrored(
    key: str, plain: str, cipher: str
) -> None:
    assert response(mirrored(key), bytes.fromhex(plain) * 2) == bytes.fromhex(cipher) * 2


@pytest.mark.parametrize("password", [b"", b"nine char", b"nul\0"])
def test_a_blank_or_cut_password_is_none(password: bytes) -> None:
    with pytest.raises(ValueError, match="1 to 8 bytes"):
        response(password, CHALLENGE)
    with pytest.raises(ValueError, match="1 to 8 bytes"):
        VncPasswords(password.decode())
    with pytest.raises(ValueError, match="1 to 8 bytes"):
        VncPasswords("opensesa", password.decode())


def test_each_password_has_its_role() -> None:
    passwords = VncPasswords("opensesa", "lookonly")
    assert passwords.role(CHALLENGE, response(b"opensesa", CHALLENGE)) is Role.CONTROL
    assert passwords.role(CHALLENGE, response(b"lookonly", CHALLENGE)) is Role.VIEW
    assert passwords.role(CHALLENGE, response(b"opensess", CHALLENGE)) is None
    assert passwords.role(CHALLENGE, bytes(16)) is None
    assert VncPasswords("opensesa").role(CHALLENGE, response(b"lookonly", CHALLENGE)) is None


def test_passwords_are_not_shown() -> None:
    assert "opensesa" not in repr(VncPasswords("opensesa", "lookonly"))
