"""Which refusals are new: whoever is refused again and again must not fill a log.

Tested by tests/unit/http/access/test_refusal_log.py.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable

from desktopd.addresses import address_key
from desktopd.rate_limit import RateLimit

log = logging.getLogger(__name__)

MOST = 256
"""Addresses with their reasons that are remembered. The oldest are told again."""
SECONDS = 600.0
"""In which no more than MOST are told: one host may have any number of IPv6 networks."""


class News:
    """Has MOST refusals told in SECONDS, and once that there are more."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._told = RateLimit(MOST, SECONDS, clock)
        self._silence = RateLimit(1, SECONDS, clock)

    def may_be_told(self) -> bool:
        """Whether one may be told now, which then counts."""
        if self._told.take():
            return True
        if self._silence.take():
            log.warning("more is refused than is told: %d in %.0f s at most", MOST, SECONDS)
        return False


class Refusals:
    """Remembers who was refused and why, once for each address and reason."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._news = News(clock)

    def is_new(self, address: str, reason: str) -> bool:
        """Whether this has not been told lately, and may be; from now on it has."""
        key = address_key(address), reason
        if key in self._told:
            self._told.move_to_end(key)
            return False
        if not self._news.may_be_told():
            return False
        self._told[key] = None
        if len(self._told) > MOST:
            self._told.popitem(last=False)
        return True
