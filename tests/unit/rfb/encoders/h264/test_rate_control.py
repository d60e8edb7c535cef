"""Rate control against an encoder of which each changed macroblock costs what it should."""

from __future__ import annotations

import math

import pytest

from desktopd.rfb.encoders.h264.rate_control import COARSEST, RateControl, most_bytes

LEVEL = 7
FINEST = 20


class Stream:
    """Frames whose changed macroblocks have `cost` bytes each at quantiser 20."""

    def __init__(self, cost: float = 40.0) -> None:
        self.control = RateControl()
        self.cost = cost

    def frame(self, changed: int, budget: float = math.inf, *, key: bool = False) -> int:
        """The quantiser of the next one."""
        quantiser = self.control.choose(LEVEL, budget, changed, key=key)
        size = self.cost * changed * 2 ** ((FINEST - quantiser) / 6)
        if not key:
            self.control.learn(round(size), changed)
        return quantiser

    def size(self, changed: int, budget: float) -> float:
        return self.cost * changed * 2 ** ((FINEST - self.frame(changed, budget)) / 6)


@pytest.mark.parametrize("level", range(10))
def test_a_frame_is_as_fine_as_its_level_where_the_link_is_free(level: int) -> None:
    quantisers = [RateControl().choose(n, math.inf, 99, key=True) for n in (level, 9)]
    assert quantisers[0] - quantisers[1] in range(2 * (9 - level), 3 * (9 - level) + 1)


@pytest.mark.parametrize("cost", [10.0, 40.0, 200.0])
def test_frames_come_to_fit(cost: float) -> None:
    stream = Stream(cost)
    sizes = [stream.size(500, 8000) for _ in range(20)]
    assert max(sizes[10:]) < 8000 * 1.2
    assert min(sizes[10:]) > 8000 / 2 or stream.frame(500, 8000) == FINEST


def test_a_key_frame_leaves_room_for_what_it_costs_more() -> None:
    assert Stream().frame(500, 8000, key=True) == Stream().frame(500, 4000)


def test_the_quantiser_rises_at_once_and_falls_slowly() -> None:
    stream = Stream()
    fine = stream.frame(500)
    coarse = stream.frame(500, 4000)
    assert coarse > fine + 4
    assert [stream.frame(500) for _ in range(3)] == [coarse - 2, coarse - 4, coarse - 6]


def test_a_few_changes_amid_motion_keep_the_quantiser() -> None:
    stream = Stream()
    for _ in range(20):
        usual = stream.frame(500, 8000)
    assert usual > FINEST
    assert stream.frame(10, 8000) == usual
    assert abs(stream.frame(500, 8000) - usual) <= 1


def test_fewer_changes_that_last_become_fine() -> None:
    stream = Stream()
    for _ in range(20):
        stream.frame(500, 8000)
    for _ in range(60):
        quantiser = stream.frame(20, 8000)
    assert quantiser == FINEST


def test_nothing_is_coarser_than_can_be_looked_at() -> None:
    assert Stream().frame(500, 1.0) == COARSEST


def test_a_better_level_is_worth_more() -> None:
    for pixels in (128 * 128, 1920 * 1080):
        worth = [most_bytes(level, pixels, 1.0) for level in range(10)]
        assert worth == sorted(set(worth))
        assert worth[8] == pytest.approx(2 * worth[6])
    assert most_bytes(6, 128 * 128, 1.0) < most_bytes(6, 1920 * 1080, 1.0) == 6.2e6 / 8
    assert most_bytes(6, 1920 * 1080, 0.1) == pytest.approx(6.2e5 / 8)
