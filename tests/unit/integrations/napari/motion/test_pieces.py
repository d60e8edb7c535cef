"""Slices cover a picture once, and take about the same time each."""

from __future__ import annotations

import numpy as np
import pytest

from desktopd.integrations.napari.motion.slices import MOST, Slice, Slices

SIZE = (943, 671)


def cut(size: tuple[int, int], first: float, speed: float, seconds: float = 0.03) -> list[Slice]:
    """Cut a picture of which so many pixels a second are drawn."""
    slices, cut = Slices(*size, first, seconds, size[0] * size[1] / MOST), []
    while slices.left:
        cut.append(slices.next())
        slices.took(cut[-1], cut[-1].area / speed)
    return cut


@pytest.mark.parametrize("size", [SIZE, (64, 64), (1, 1), (3000, 100), (65, 1200)])
@pytest.mark.parametrize("speed", [1e5, 2e6, 1e9])
def test_each_pixel_is_in_one_slice(size: tuple[int, int], speed: float) -> None:
    pixels = np.zeros(size[::-1], np.uint8)
    for part in cut(size, 1000, speed):
        pixels[part.y : part.y + part.height, part.x : part.x + part.width] += 1
    assert (pixels == 1).all()


def test_they_take_the_time_that_they_may() -> None:
    speed = SIZE[0] * SIZE[1] / 0.4
    parts = cut(SIZE, SIZE[0] * SIZE[1] / 30, speed)
    assert max(part.area / speed for part in parts) <= 0.03 * 1.3
    assert len(parts) < 30


def test_there_is_an_end_of_cutting_where_each_slice_draws_all_layers_anew() -> None:
    assert len(cut(SIZE, 100, 1e4)) < 2 * MOST
