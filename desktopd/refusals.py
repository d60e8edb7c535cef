"""Which refusals are new: whoever is refused again and again must not fill a log.

Tested by tests/unit/http/access/test_refusal_log.py.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from desktopd.addresses import address_key
from desktopd.rate_limit import RateLimit

log = logging.getLogger(__name__)

MOST = 256
"""Addresses with their reasons that are remembered. The oldest are told again."""
SECONDS = 600.0
"""In which no more than MOST are told: one host may have any number of IPv6 networks."""


class News:
    """Has MOST things of a kind, as `what` says, told in SECONDS, and once that there are more.

    The first of each address counts apart, MOST as well: what one repeats hides no other's.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, what: str = "more is refused"
    ) -> None:
        self._clock = clock
        self._repeated = RateLimit(MOST, SECONDS, clock)
        self._silence = RateLimit(1, SECONDS, clock)
        self._firsts: OrderedDict[str, float] = OrderedDict()
        self._what = what

    def may_be_told(self, address: str | None = None) -> bool:
        """Whether one may be told now, which then counts; `address`: where it is from, if known."""
        key = None if address is None else address_key(address)
        self._forget_firsts()
        if key is None or key in self._firsts:
            if self._repeated.take():
                return True
        elif len(self._firsts) < MOST:
            self._firsts[key] = self._clock()
            return True
        if self._silence.take():
            log.warning("%s than is told: %d in %.0f s at most", self._what, MOST, SECONDS)
        return False

    def _forget_firsts(self) -> None:
        """Have those be first again whose line is SECONDS old."""
        now = self._clock()
        while self._firsts and now - next(iter(self._firsts.values())) >= SECONDS:
            self._firsts.popitem(last=False)


class NewsOfEach:
    """News of each person or group of them, so that nobody's fill the place of another's."""

    def __init__(self, clock: Callable[[], float], what: str) -> None:
        self._clock = clock
        self._what = what
        self._news: OrderedDict[Hashable, News] = OrderedDict()

    def may_be_told(self, who: Hashable, address: str) -> bool:
        """Whether one of `who` may be told now, which then counts."""
        news = self._news.get(who)
        if news is None:
            news = self._news[who] = News(self._clock, self._what)
        self._news.move_to_end(who)
        if len(self._news) > MOST:
            self._news.popitem(last=False)
        return news.may_be_told(address)


class Refusals:
    """Remembers who was refused and why, once for each address and reason."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._told: OrderedDict[Hashable, None] = OrderedDict()
        self._news = NewsOfEach(clock, "more is refused")

    def is_new(self, address: str, reason: Hashable, who: Hashable = None) -> bool:
        """Whether this has not been told lately, and may be; from now on it has.

        `who`: to whom that happens, where somebody of the address was let in.
        """
        key = address_key(address), reason, who
        if key in self._told:
            self._told.move_to_end(key)
            return False
        if not self._news.may_be_told(who, address):
            return False
        self._told[key] = None
        if len(self._told) > MOST:
            self._told.popitem(last=False)
        return True
