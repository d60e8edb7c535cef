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
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 16.0
FORGET_AFTER = 900.0


@dataclass(slots=True)
class _Record:
    failures: int = 0
    last: float = 0.0
    locked_until: float = 0.0


class Lockout:
    """Counts failures by address, and tells what those after the first `free` ones cost.

    Wrong secrets that are long cost a lock, of 10 s that doubles up to 300 s, which the right one
    passes. With passwords of eight characters everybody waits, 1 s that doubles up to 16 s, and is
    answered then: nobody is locked out by those who share an address with him. An address is
    forgotten 15 minutes after its last failure, the oldest one when there are more than `capacity`.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        capacity: int = 4096,
        free: int = FREE_FAILURES,
    ) -> None:
        self._free = free
        self._clock = clock
        self._capacity = capacity
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def __len__(self) -> int:
        return len(self._records)

    def locked(self, address: str) -> float:
        """How many seconds an address is still locked out; 0 when it is not."""
        record = self._records.get(address_key(address))
        return max(0.0, record.locked_until - self._clock()) if record else 0.0

    def pause(self, address: str) -> float:
        """How many seconds the answer to an address is to take, whether it is right or wrong."""
        record = self._records.get(address_key(address))
        if record is None or self._clock() - record.last > FORGET_AFTER:
            return 0.0
        beyond = record.failures - self._free
        return min(FIRST_PAUSE * 2.0 ** min(beyond, 10), LONGEST_PAUSE) if beyond >= 0 else 0.0

    def failed(self, address: str) -> None:
        """Count a wrong secret of an address that is not locked out."""
        now, key = self._clock(), address_key(address)
        record = self._records.get(key)
        if record is None or now - record.last > FORGET_AFTER:
            record = self._records[key] = _Record()
        record.failures += 1
        record.last = now
        if record.failures >= self._free:
            # The exponent is capped: 2.0**1024 overflows.
            doublings = min(record.failures - self._free, 10)
            record.locked_until = now + min(FIRST_LOCK * 2.0**doublings, LONGEST_LOCK)
        self._records.move_to_end(key)
        if len(self._records) > self._capacity:
            self._records.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """Forget the failures of an address."""
        self._records.pop(address_key(address), None)
