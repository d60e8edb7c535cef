from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.server.tiles import TILE, Mask, components, mask_shape, pieces, rectangles

LARGEST = Size(64, 48)


def mask_of(size: Size, seed: int, density: float) -> Mask:
    return np.random.default_rng(seed).random(mask_shape(size)) < density


def drawn(size: Size, areas: list[Rectangle]) -> np.ndarray:
    """How often each pixel is covered."""
    found = np.zeros((size.height, size.width), int)
    for area in areas:
        assert area.width > 0
        assert area.height > 0
        assert area.right <= size.width
        assert area.bottom <= size.height
        found[area.y : area.bottom, area.x : area.right] += 1
    return found


def pixels_of(mask: Mask, size: Size) -> np.ndarray:
    found: np.ndarray = mask.repeat(TILE, 0).repeat(TILE, 1)[: size.height, : size.width]
    return found


sizes = st.builds(Size, st.integers(1, 300), st.integers(1, 300))


@given(sizes, st.integers(0, 1 << 32), st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]))
def test_rectangles_cover_each_tile_once_and_nothing_else(
    size: Size, seed: int, density: float
) -> None:
    mask = mask_of(size, seed, density)
    areas = list(rectangles(mask, size, LARGEST))
    assert np.array_equal(drawn(size, areas), pixels_of(mask, size))
    assert all(area.width <= LARGEST.width and area.height <= LARGEST.height for area in areas)


def test_what_lies_together_becomes_one_rectangle() -> None:
    mask = np.zeros((6, 6), np.bool_)
    mask[1:4, 2:5] = True
    assert list(rectangles(mask, Size(90, 90), Size(256, 64))) == [Rectangle(32, 16, 48, 48)]


@given(sizes, st.integers(0, 1 << 32), st.sampled_from([0.0, 0.02, 0.3]))
def test_components_hold_every_tile_and_the_largest_comes_first(
    size: Size, seed: int, density: float
) -> None:
    mask = mask_of(size, seed, density)
    areas = components(mask, size)
    assert not (pixels_of(mask, size) & (drawn(size, areas) == 0)).any()
    assert [area.area for area in areas] == sorted((a.area for a in areas), reverse=True)


def test_components_are_what_lies_near_each_other() -> None:
    mask = np.zeros((40, 40), np.bool_)
    mask[0:4, 0:4] = True
    mask[5, 5] = True
    mask[20:30, 20:31] = True
    assert components(mask, Size(640, 640)) == [
        Rectangle(320, 320, 176, 160),
        Rectangle(0, 0, 96, 96),
    ]


@given(st.integers(0, 50), st.integers(1, 500), st.integers(1, 500))
def test_pieces_cover_an_area_once(corner: int, width: int, height: int) -> None:
    area = Rectangle(corner, corner, width, height)
    size = Size(area.right, area.bottom)
    parts = list(pieces(area, LARGEST))
    covered = drawn(size, parts)
    assert (covered[corner:, corner:] == 1).all()
    assert covered.sum() == area.area
    assert all(part.width <= LARGEST.width and part.height <= LARGEST.height for part in parts)
