from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle
from desktopd.rfb.server.scroll import SMALLEST, find_scroll

AREA = Rectangle(16, 32, 320, 240)


def page(rows: int) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 1 << 24, (rows, AREA.width), np.uint32)


@pytest.mark.parametrize("down", [-100, -3, 1, 40])
def test_what_has_moved_is_found_where_it_came_from(down: int) -> None:
    whole = page(500)
    before, after = whole[200:440], whole[200 - down : 440 - down]
    scroll = find_scroll(before, after, AREA)
    assert scroll is not None
    assert scroll.down == down
    assert (scroll.area.width, scroll.area.height) == (320, 240 - abs(down))
    source, target = scroll.source, scroll.area
    rows = slice(source.y - AREA.y, source.bottom - AREA.y)
    assert np.array_equal(before[rows], after[target.y - AREA.y : target.bottom - AREA.y])


def test_what_stays_beside_it_is_left_out() -> None:
    whole = page(500)
    before, after = whole[200:440].copy(), whole[210:450].copy()
    before[:, :30] = after[:, :30] = page(240)[:, :30]
    scroll = find_scroll(before, after, AREA)
    assert scroll is not None
    assert (scroll.down, scroll.area.x, scroll.area.width) == (-10, AREA.x + 30, 290)


def test_other_pixels_are_no_scroll() -> None:
    assert find_scroll(page(500)[:240], page(500)[240:480], AREA) is None
    assert find_scroll(np.zeros((240, 320), np.uint32), page(240), AREA) is None


def test_what_is_small_is_not_searched() -> None:
    small = Rectangle(0, 0, 320, SMALLEST - 1)
    whole = page(200)
    assert find_scroll(whole[: small.height], whole[1 : small.bottom + 1], small) is None


def test_the_top_byte_of_a_pixel_has_no_meaning() -> None:
    whole = page(500)
    after = whole[210:450] | np.uint32(0xAB000000)
    scroll = find_scroll(whole[200:440], after, AREA)
    assert scroll is not None
    assert scroll.down == -10
