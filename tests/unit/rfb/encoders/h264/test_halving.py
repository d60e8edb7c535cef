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


@pytest.mark.parametrize(("quantiser", "loss"), [(24, 4.0), (42, 140.0)])
def test_what_the_quantiser_loses_more_of_is_halved_and_what_is_finer_is_not(
    quantiser: int, loss: float
) -> None:
    halving = Halving()
    assert not halving.follow(quantiser - 3, loss)
    assert halving.follow(quantiser, loss)
    assert halving.halved
    same_bytes = quantiser - 9
    assert not halving.follow(same_bytes, loss)
    assert not halving.follow(same_bytes, loss * 1.3)
    assert halving.follow(same_bytes - 4, loss)
    assert not halving.halved


def test_it_is_looked_at_now_and_then_and_later_after_a_change() -> None:
    halving = Halving()
    looks = [n for n in range(1, 40) if halving.due()]
    assert looks == [1, 17, 33]
    assert halving.follow(44, 1.0)
    assert next(n for n in range(40, 140) if halving.due()) == 97


@pytest.mark.parametrize(("budget", "halved"), [(3_000, True), (15_000, False)])
def test_a_stream_begins_with_what_its_link_can_take(budget: float, halved: bool) -> None:
    halving = Halving()
    halving.begin(budget, 2_500)
    assert halving.halved == halved
