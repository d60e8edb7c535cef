"""Transfers beside somebody's hands: slower, all together, and fast again afterwards."""

from __future__ import annotations

import pytest

from desktopd.files.pace import IN_USE, RATE, SHARE, Pace
from tests.unit.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def used(clock: Clock, cores: int = 1) -> Pace:
    """The pace at a desktop that was used when the clock stood at 1000."""
    return Pace(lambda: 1000.0, cores, clock)


def test_a_desktop_that_nobody_has_touched_holds_nothing_back(clock: Clock) -> None:
    assert Pace(lambda: None, 1, clock).wait(10 * RATE) == 0


def test_beside_hands_the_rate_is_kept(clock: Clock) -> None:
    pace = used(clock)
    for _ in range(4):
        clock.now += pace.wait(RATE // 8)
    assert clock.now == pytest.approx(1000.5)


def test_transfers_share_the_rate(clock: Clock) -> None:
    pace = used(clock)
    assert pace.wait(RATE // 4) == pytest.approx(0.25)
    assert pace.wait(RATE // 4) == pytest.approx(0.5)


def test_what_was_not_used_is_not_saved_up(clock: Clock) -> None:
    pace = used(clock)
    pace.wait(RATE // 4)
    clock.now += 1
    assert pace.wait(RATE // 4) == pytest.approx(0.25)


def test_each_core_carries_its_part(clock: Clock) -> None:
    assert used(clock, 8).wait(RATE) == pytest.approx(1 / 8)


def test_what_is_dear_to_make_rests_by_its_time(clock: Clock) -> None:
    assert used(clock).wait(1, 0.1) == pytest.approx(0.1 / SHARE)


def test_hands_that_rest_end_it_at_once(clock: Clock) -> None:
    pace = used(clock)
    assert pace.wait(RATE * 60) == pytest.approx(60)
    clock.now += IN_USE + 0.1
    assert pace.wait(RATE) == 0
