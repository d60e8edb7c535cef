from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.tiles import TILE
from tests.unit.rfb.server.screens import captured

SIZES = [Size(64, 64), Size(65, 64), Size(641, 483), Size(79, 95), Size(16, 1)]


def pixels(framebuffer: Framebuffer) -> np.ndarray:
    return framebuffer.view(Rectangle.of(framebuffer.size))


def taken(framebuffer: Framebuffer, screen: np.ndarray, area: Rectangle, now: float = 1.0):
    """What X would have told of an area, and what the framebuffer makes of it."""
    area = framebuffer.aligned(area)
    shown = pixels(framebuffer).copy()
    part = np.s_[area.y : area.bottom, area.x : area.right]
    shown[part] = screen[part]
    return framebuffer.absorb(area, captured(shown), now)


@pytest.mark.parametrize("size", SIZES)
def test_it_holds_what_was_captured(size: Size) -> None:
    framebuffer = Framebuffer(size)
    screen = np.random.default_rng(1).integers(0, 1 << 24, (size.height, size.width), np.uint32)
    changed = taken(framebuffer, screen, Rectangle.of(size))
    assert changed is not None
    assert changed.all()
    assert np.array_equal(pixels(framebuffer), screen)
    assert framebuffer.sequence == 1
    assert taken(framebuffer, screen, Rectangle.of(size)) is None
    assert framebuffer.sequence == 1


@given(
    st.sampled_from(SIZES),
    st.integers(0, 1 << 32),
    st.lists(st.integers(0, 1 << 20), min_size=1, max_size=6),
)
def test_it_knows_exactly_which_tiles_have_changed(
    size: Size, seed: int, places: list[int]
) -> None:
    framebuffer = Framebuffer(size)
    screen = np.random.default_rng(seed).integers(0, 1 << 24, (size.height, size.width), np.uint32)
    taken(framebuffer, screen, Rectangle.of(size), 1.0)
    wanted = np.zeros((framebuffer.rows, framebuffer.columns), np.bool_)
    for place in places:
        y, x = place // size.width % size.height, place % size.width
        screen[y, x] = 0x01000000
        wanted[y // TILE, x // TILE] = True
    changed = taken(framebuffer, screen, Rectangle.of(size), 2.0)
    assert np.array_equal(changed, wanted)
    assert np.array_equal(pixels(framebuffer), screen)
    assert np.array_equal(framebuffer.changed == 2, wanted)
    assert np.array_equal(framebuffer.changed_at == 2.0, wanted)


@pytest.mark.parametrize("size", SIZES[2:4])
def test_only_in_its_place_is_a_picture_looked_at(size: Size) -> None:
    framebuffer = Framebuffer(size)
    screen = np.full((size.height, size.width), 7, np.uint32)
    area = framebuffer.aligned(Rectangle(30, 20, size.width - 30, 30))
    assert area == Rectangle(16, 16, size.width - 16, 48)
    changed = framebuffer.absorb(area, captured(screen), 1.0)
    assert changed is not None
    rows, columns = framebuffer.tiles(area)
    assert changed[rows, columns].all()
    assert changed.sum() == changed[rows, columns].size


def test_what_has_scrolled_is_found_and_the_rest_is_told() -> None:
    size = Size(320, 240)
    framebuffer = Framebuffer(size)
    screen = np.random.default_rng(2).integers(0, 1 << 24, (240, 320), np.uint32)
    taken(framebuffer, screen, Rectangle.of(size))
    moved = screen.copy()
    moved[32:208, 64:304] = screen[35:211, 64:304]
    moved[205:208, 64:304] = 5
    changed = framebuffer.absorb(Rectangle.of(size), captured(moved), 2.0, seek_scroll=True)
    scroll = framebuffer.scroll
    assert scroll is not None
    assert changed is not None
    assert scroll.down == -3
    shown = screen.copy()
    area = scroll.area
    shown[area.y : area.bottom, area.x : area.right] = screen[
        scroll.source.y : scroll.source.bottom, area.x : area.right
    ]
    wrong = np.add.reduceat(
        np.add.reduceat((shown != moved).astype(int), range(0, 240, TILE), 0),
        range(0, 320, TILE),
        1,
    )
    assert not ((wrong > 0) & ~framebuffer.unscrolled).any()
    assert framebuffer.unscrolled.sum() < changed.sum() / 2
    assert np.array_equal(pixels(framebuffer), moved)


@pytest.mark.parametrize(
    ("size", "area", "touched", "whole"),
    [
        (Size(641, 483), Rectangle(0, 0, 640, 482), (31, 40), (30, 40)),
        (Size(650, 490), Rectangle(0, 0, 650, 490), (31, 41), (31, 41)),
        (Size(640, 480), Rectangle(8, 8, 40, 40), (3, 3), (2, 2)),
        (Size(640, 480), Rectangle(2, 2, 8, 8), (1, 1), (0, 0)),
    ],
)
def test_the_tiles_that_an_area_touches_and_covers(
    size: Size, area: Rectangle, touched: tuple[int, int], whole: tuple[int, int]
) -> None:
    framebuffer = Framebuffer(size)
    for find, shape in ((framebuffer.tiles, touched), (framebuffer.whole_tiles, whole)):
        place, mask = find(area), framebuffer.no_tiles()
        mask[place] = True
        assert (mask.any(1).sum(), mask.any(0).sum()) == shape


def test_a_small_change_is_known_to_the_pixel_and_a_large_one_is_not() -> None:
    size = Size(640, 480)
    framebuffer, screen = Framebuffer(size), np.zeros((480, 640), np.uint32)
    screen[100:103, 200:207] = 5
    taken(framebuffer, screen, Rectangle.of(size))
    assert framebuffer.last_change(Rectangle.of(size)) == Rectangle(200, 100, 7, 3)
    assert framebuffer.last_change(Rectangle(0, 0, 64, 64)) is None
    screen[:] = 7
    taken(framebuffer, screen, Rectangle.of(size))
    assert framebuffer.last_change(Rectangle(0, 0, 64, 64)) == Rectangle(0, 0, 64, 64)


def test_a_sample_of_tiles_is_stacked() -> None:
    framebuffer = Framebuffer(Size(320, 320))
    framebuffer.view(Rectangle(32, 16, 16, 16))[:] = 3
    tiles = framebuffer.no_tiles()
    tiles[1, 2] = True
    assert np.array_equal(framebuffer.stacked(tiles), np.full((16, 16), 3))
    assert framebuffer.stacked(~tiles).shape[0] <= 16 * 64
