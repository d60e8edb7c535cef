"""VNC authentication (RFC 6143 section 7.2.2): passwords of eight bytes, and who guesses them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from desktopd.rfb.viewers.viewer import Role

CHALLENGE_LENGTH = 16
_KEY_LENGTH = 8

FREE_FAILURES = 5
FIRST_LOCK = 10.0
LONGEST_LOCK = 300.0
FORGET_AFTER = 900.0


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


@dataclass(slots=True)
class _Record:
    failures: int = 0
    last: float = 0.0
    locked_until: float = 0.0


class Lockout:
    """Locks an address out after wrong passwords: from the fifth on for 10 s, doubling to 300 s.

    The right password does not pass a lock: eight characters are too few to be guessed at any
    rate. An address is forgotten 15 minutes after its last failure, the oldest one when there
    are more than `capacity`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, capacity: int = 4096) -> None:
        self._clock = clock
        self._capacity = capacity
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def locked(self, address: str) -> float:
        """How many seconds an address is still locked out; 0 when it is not."""
        record = self._records.get(_key(address))
        return max(0.0, record.locked_until - self._clock()) if record else 0.0

    def failed(self, address: str) -> None:
        """Count a wrong password."""
        now, key = self._clock(), _key(address)
        record = self._records.get(key)
        if record is None or now - record.last > FORGET_AFTER:
            record = self._records[key] = _Record()
        record.failures += 1
        record.last = now
        if record.failures >= FREE_FAILURES:
            doublings = min(record.failures - FREE_FAILURES, 10)
            record.locked_until = now + min(FIRST_LOCK * 2.0**doublings, LONGEST_LOCK)
        self._records.move_to_end(key)
        if len(self._records) > self._capacity:
            self._records.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """Forget the failures of an address."""
        self._records.pop(_key(address), None)


def _key(address: str) -> str:
    """IPv6 hosts own a /64 and can take any address in it, so that is what counts."""
    ip = ip_address(address)
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(IPv6Address(int(ip) >> 64 << 64))
