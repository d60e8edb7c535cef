"""Slows down whoever guesses a secret, whatever the secret opens."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from desktopd.addresses import address_key

FREE_FAILURES = 5
FIRST_LOCK = 10.0
LONGEST_LOCK = 300.0
FORGET_AFTER = 900.0


@dataclass(slots=True)
class _Record:
    failures: int = 0
    last: float = 0.0
    locked_until: float = 0.0


class Lockout:
    """Counts failures by address: from the fifth on a lock of 10 s that doubles up to 300 s.

    The caller decides whether a right secret passes a lock, by what it asks for first: a long
    token passes, so that nobody locks out those who share an address with him, and a password of
    eight characters does not. An address is forgotten 15 minutes after its last failure, the
    oldest one when there are more than `capacity`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, capacity: int = 4096) -> None:
        self._clock = clock
        self._capacity = capacity
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def __len__(self) -> int:
        return len(self._records)

    def locked(self, address: str) -> float:
        """How many seconds an address is still locked out; 0 when it is not."""
        record = self._records.get(address_key(address))
        return max(0.0, record.locked_until - self._clock()) if record else 0.0

    def failed(self, address: str) -> None:
        """Count a wrong secret of an address that is not locked out."""
        now, key = self._clock(), address_key(address)
        record = self._records.get(key)
        if record is None or now - record.last > FORGET_AFTER:
            record = self._records[key] = _Record()
        record.failures += 1
        record.last = now
        if record.failures >= FREE_FAILURES:
            # The exponent is capped: 2.0**1024 overflows.
            doublings = min(record.failures - FREE_FAILURES, 10)
            record.locked_until = now + min(FIRST_LOCK * 2.0**doublings, LONGEST_LOCK)
        self._records.move_to_end(key)
        if len(self._records) > self._capacity:
            self._records.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """Forget the failures of an address."""
        self._records.pop(address_key(address), None)
