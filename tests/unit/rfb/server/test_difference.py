from __future__ import annotations

import numpy as np

from desktopd.geometry import Rectangle
from desktopd.rfb.server.difference import ChangedPixels, changed_tiles, part, scrolled
from desktopd.rfb.server.scroll import Scroll

AREA = Rectangle(32, 16, 64, 48)


def test_a_tile_differs_where_one_bit_does() -> None:
    before = np.random.default_rng(1).integers(0, 1 << 32, (48, 64), np.uint32)
    for y, x in ((0, 0), (15, 15), (16, 15), (47, 63)):
        after = before.copy()
        after[y, x] ^= 1 << 31
        mask = changed_tiles(before, after)
        assert mask.shape == (3, 4)
        assert np.argwhere(mask).tolist() == [[y // 16, x // 16]]
    assert not changed_tiles(before, before.copy()).any()


def test_pixels_differ_by_their_colours_alone() -> None:
    before, after = np.zeros((48, 64), np.uint32), np.zeros((48, 64), np.uint32)
    after[5, 6] = 0xFF000000
    after[7, 8], after[9, 20] = 1, 0xFF0000
    changed = ChangedPixels.between(before, after, AREA)
    assert changed.within(AREA) == Rectangle(32 + 8, 16 + 7, 13, 3)
    assert changed.within(Rectangle(32, 16, 16, 16)) == Rectangle(32 + 8, 16 + 7, 1, 1)
    assert changed.within(Rectangle(0, 0, 41, 24)) == Rectangle(32 + 8, 16 + 7, 1, 1)
    assert changed.within(Rectangle(32, 32, 64, 16)) is None
    assert changed.within(Rectangle(200, 200, 10, 10)) is None


def test_a_viewer_that_follows_a_scroll_has_the_rows_where_they_came() -> None:
    before = np.arange(100 * 128, dtype=np.uint32).reshape(100, 128)
    moved = scrolled(before, Scroll(Rectangle(48, 20, 32, 30), 3), AREA)
    expected = before.copy()
    expected[20:50, 48:80] = before[17:47, 48:80]
    assert np.array_equal(moved, part(expected, AREA))
    assert np.array_equal(before.ravel(), np.arange(100 * 128))
