"""When pictures are halved, and what of them has changed then."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from desktopd.geometry import Size
from desktopd.rfb.encoders.h264.halving import Halving, half, half_mask
from desktopd.rfb.encoders.h264.macroblocks import MACROBLOCK, mask_shape

sides = some.integers(1, 600).map(lambda half_side: 2 * half_side)
TOO_COARSE, FINE = 45.0, 20.0


@given(sides, sides, some.integers(0, 10_000))
def test_a_halved_mask_covers_what_has_changed(width: int, height: int, place: int) -> None:
    size = Size(width, height)
    mask = np.zeros(mask_shape(size), np.bool_)
    mask.flat[place % mask.size] = True
    halved = half_mask(mask, size)
    assert halved.shape == mask_shape(half(size))
    row, column = np.argwhere(mask)[0] * MACROBLOCK // 2
    assert halved[row // MACROBLOCK, column // MACROBLOCK]
    exact = width % 4 == height % 4 == 0
    assert halved.sum() == (1 if exact else halved.size)
    assert not half_mask(np.zeros_like(mask), size).any()


@given(sides, sides)
def test_half_the_sides_are_even(width: int, height: int) -> None:
    halved = half(Size(width, height))
    assert halved.width % 2 == halved.height % 2 == 0
    assert 0 <= halved.width - width / 2 <= 1
    assert 0 <= halved.height - height / 2 <= 1


def test_some_frames_in_a_row_decide() -> None:
    halving = Halving()
    wanted = [TOO_COARSE, TOO_COARSE, FINE, *[TOO_COARSE] * 5]
    assert [halving.follow(one) for one in wanted] == [False] * 7 + [True]
    assert halving.halved
    assert [halving.follow(one) for one in [FINE] * 44 + [TOO_COARSE]] == [False] * 45
    assert [halving.follow(FINE) for _ in range(45)] == [False] * 44 + [True]
    assert not halving.halved


@pytest.mark.parametrize(("budget", "halved"), [(3_000, True), (15_000, False)])
def test_a_stream_begins_with_what_its_link_can_take(budget: float, halved: bool) -> None:
    halving = Halving()
    halving.begin(budget, 2_500)
    assert halving.halved == halved
