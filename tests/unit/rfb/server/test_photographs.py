from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.photographs import cover, find_photographs, is_photograph
from tests.unit.rfb.encoders.pictures import noise, picture, smooth

SIZE = Size(640, 480)
LARGEST, SPARSE = Size(2048, 256), Size(256, 64)


def screen(*areas: Rectangle) -> Framebuffer:
    """Noise in some areas, nothing elsewhere."""
    framebuffer = Framebuffer(SIZE)
    for area in areas:
        framebuffer.view(area)[:] = noise(area.width, area.height)
    return framebuffer


def blocks(size: Size = SIZE) -> list[Rectangle]:
    return [Rectangle(x, y, 64, 32) for y in range(0, size.height, 32) for x in range(0, 640, 64)]


@pytest.mark.parametrize(
    ("pixels", "wanted"),
    [
        (noise(64, 64), True),
        (smooth(128, 128), True),
        (picture(1, 64, 64, 40), False),
        (np.zeros((64, 64), np.uint32), False),
    ],
)
def test_a_photograph_has_many_colours(pixels: np.ndarray, wanted: bool) -> None:
    assert is_photograph(pixels) is wanted


def test_the_photographs_among_some_areas_are_found() -> None:
    photograph = Rectangle(64, 96, 256, 192)
    framebuffer = screen(photograph)
    tiles = find_photographs(framebuffer, blocks())
    assert tiles is not None
    wanted = framebuffer.no_tiles()
    wanted[framebuffer.tiles(photograph)] = True
    assert np.array_equal(tiles, wanted)


@pytest.mark.parametrize("side", [64, 128])
def test_small_photographs_are_not_worth_a_loss(side: int) -> None:
    assert find_photographs(screen(Rectangle(64, 64, side, side)), blocks()) is None


def test_a_photograph_is_covered_by_large_rectangles() -> None:
    framebuffer = screen()
    tiles = framebuffer.no_tiles()
    tiles[2:28, 4:40] = True
    tiles[5, 6] = False
    areas = list(cover(framebuffer, tiles, LARGEST, SPARSE))
    assert areas == [Rectangle(64, 32, 576, 256), Rectangle(64, 288, 576, 160)]


def test_what_is_sparse_is_covered_by_itself_alone() -> None:
    framebuffer = screen()
    tiles = framebuffer.no_tiles()
    tiles[range(28), range(28)] = True
    covered = framebuffer.no_tiles()
    for area in cover(framebuffer, tiles, LARGEST, SPARSE):
        covered[framebuffer.tiles(area)] = True
    assert np.array_equal(covered, tiles)
