"""Slows down whoever guesses tokens."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

FREE_FAILURES = 5
FIRST_LOCK = 10.0
LONGEST_LOCK = 300.0
FORGET_AFTER = 900.0


@dataclass(slots=True)
class _Record:
    failures: int = 0
    last: float = 0.0
    locked_until: float = 0.0


class Throttle:
    """Counts failures by address: from the fifth on a lock of 10 s that doubles up to 300 s.

    The caller asks only after a token has turned out wrong, so that a valid one always passes
    and nobody can lock out those who share an address with him. An address is forgotten
    15 minutes after its last failure, the oldest one when there are more than `capacity`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, capacity: int = 4096) -> None:
        self._clock = clock
        self._capacity = capacity
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def __len__(self) -> int:
        return len(self._records)

    def failed(self, address: str) -> float:
        """Count a failure; how many seconds the address is locked already (0: not yet)."""
        now = self._clock()
        key = _key(address)
        record = self._records.get(key)
        if record is None or now - record.last > FORGET_AFTER:
            record = self._records[key] = _Record()
        if record.locked_until > now:
            return record.locked_until - now
        record.failures += 1
        record.last = now
        if record.failures >= FREE_FAILURES:
            # The exponent is capped: 2.0**1024 overflows.
            doublings = min(record.failures - FREE_FAILURES, 10)
            record.locked_until = now + min(FIRST_LOCK * 2.0**doublings, LONGEST_LOCK)
        self._records.move_to_end(key)
        if len(self._records) > self._capacity:
            self._records.popitem(last=False)
        return 0.0

    def succeeded(self, address: str) -> None:
        """Forget the failures of an address."""
        self._records.pop(_key(address), None)


def _key(address: str) -> str:
    """IPv6 hosts own a /64 and can take any address in it, so that is what counts."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(IPv6Address(int(ip) >> 64 << 64))
