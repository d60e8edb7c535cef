"""How often is too often."""

from __future__ import annotations

from desktopd.rate_limit import RateLimit
from tests.unit.clock import Clock


def test_so_many_times_within_so_many_seconds() -> None:
    clock = Clock()
    limit = RateLimit(3, 10.0, clock)
    assert [limit.take() for _ in range(5)] == [True, True, True, False, False]
    clock.now += 9.9
    assert not limit.take()
    clock.now += 0.1
    assert [limit.take() for _ in range(4)] == [True, True, True, False]
