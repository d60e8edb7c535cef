from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.regions import TILE
from tests.unit.rfb.server.screens import picture

SIZES = [Size(64, 64), Size(65, 64), Size(641, 483), Size(79, 95), Size(16, 1)]


def taken(framebuffer: Framebuffer, screen: np.ndarray, area: Rectangle, now: float = 1.0):
    """What X would have told of an area, and what the framebuffer makes of it."""
    area = framebuffer.aligned(area)
    shown = framebuffer.pixels.copy()
    part = np.s_[area.y : area.bottom, area.x : area.right]
    shown[part] = screen[part]
    return framebuffer.absorb(area, picture(shown), now)


@pytest.mark.parametrize("size", SIZES)
def test_it_holds_what_was_captured(size: Size) -> None:
    framebuffer = Framebuffer(size)
    screen = np.random.default_rng(1).integers(0, 1 << 24, (size.height, size.width), np.uint32)
    changed = taken(framebuffer, screen, Rectangle.of(size))
    assert changed is not None
    assert changed.all()
    assert np.array_equal(framebuffer.pixels, screen)
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
    assert np.array_equal(framebuffer.pixels, screen)
    assert np.array_equal(framebuffer.changed == 2, wanted)
    assert np.array_equal(framebuffer.changed_at == 2.0, wanted)


@pytest.mark.parametrize("size", SIZES[2:4])
def test_only_in_its_place_is_a_picture_looked_at(size: Size) -> None:
    framebuffer = Framebuffer(size)
    screen = np.full((size.height, size.width), 7, np.uint32)
    area = framebuffer.aligned(Rectangle(30, 20, size.width - 30, 30))
    assert area == Rectangle(16, 16, size.width - 16, 48)
    changed = framebuffer.absorb(area, picture(screen), 1.0)
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
    changed = framebuffer.absorb(Rectangle.of(size), picture(moved), 2.0, seek_scroll=True)
    scroll = framebuffer.scroll
    assert scroll is not None
    assert changed is not None
    assert scroll.down == -3
    shown = screen.copy()
    area = scroll.area
    shown[area.y : area.bottom, area.x : area.right] = screen[
        scroll.source_y : scroll.source_y + area.height, area.x : area.right
    ]
    wrong = np.add.reduceat(
        np.add.reduceat((shown != moved).astype(int), range(0, 240, TILE), 0),
        range(0, 320, TILE),
        1,
    )
    assert not ((wrong > 0) & ~framebuffer.unscrolled).any()
    assert framebuffer.unscrolled.sum() < changed.sum() / 2
    assert np.array_equal(framebuffer.pixels, moved)
