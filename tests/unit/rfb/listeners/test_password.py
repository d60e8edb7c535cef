"""VNC authentication: the cipher, the two passwords, and what guessing costs."""

from __future__ import annotations

import pytest

from desktopd.rfb.listeners.password import FORGET_AFTER, Lockout, VncPasswords, response
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


def test_the_fifth_wrong_password_locks_an_address_and_the_locks_double() -> None:
    now = 0.0
    lockout = Lockout(lambda: now)
    locks = []
    for _ in range(12):
        now += lockout.locked("10.0.0.7")
        lockout.failed("10.0.0.7")
        locks.append(lockout.locked("10.0.0.7"))
    assert locks == [0, 0, 0, 0, 10, 20, 40, 80, 160, 300, 300, 300]
    assert lockout.locked("10.0.0.8") == 0
    now += FORGET_AFTER + 1
    lockout.failed("10.0.0.7")
    assert lockout.locked("10.0.0.7") == 0


def test_success_clears_an_address_and_the_oldest_of_too_many_is_forgotten() -> None:
    lockout = Lockout(lambda: 0.0, capacity=2)
    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.3"):
        for _ in range(5):
            lockout.failed(address)
    assert [lockout.locked(f"10.0.0.{n}") > 0 for n in (1, 2, 3)] == [False, True, True]
    lockout.succeeded("10.0.0.3")
    assert lockout.locked("10.0.0.3") == 0


def test_one_ipv6_host_has_many_addresses() -> None:
    lockout = Lockout(lambda: 0.0)
    for last in range(5):
        lockout.failed(f"2001:db8::{last}")
    assert lockout.locked("2001:db8::77") > 0
    assert lockout.locked("2001:db8:0:1::77") == 0
    for _ in range(5):
        lockout.failed("::ffff:10.0.0.7")
    assert lockout.locked("10.0.0.7") > 0
