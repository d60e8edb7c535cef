from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.motion import LINGER, SMALLEST, Motion

SIZE = Size(1280, 720)
AREA = Rectangle(160, 96, 320, 240)


class Scene:
    def __init__(self, size: Size = SIZE) -> None:
        self.framebuffer = Framebuffer(size)
        self.motion = Motion(self.framebuffer)
        self.now = 100.0
        self.regions: list[Rectangle | None] = []

    def move(
        self, *areas: Rectangle, seconds: float = 1.0, rate: float = 30, waited: float = 0.0
    ) -> Rectangle | None:
        for _ in range(round(seconds * rate)):
            self.now += 1 / rate
            mask = self.framebuffer.no_tiles()
            for area in areas:
                mask[self.framebuffer.tiles(area)] = True
            self.motion.observe(mask, self.now, waited)
            self.motion.rest(self.now)
            self.regions.append(self.motion.region)
        return self.motion.region

    def wait(self, seconds: float) -> Rectangle | None:
        self.now += seconds
        self.motion.rest(self.now)
        return self.motion.region


def test_what_changes_again_and_again_is_a_region() -> None:
    assert Scene().move(AREA) == AREA


def test_a_few_changes_are_not_a_motion() -> None:
    scene = Scene()
    assert scene.move(AREA, seconds=0.1) is None
    assert scene.move(AREA, seconds=5, rate=4) is None


def test_what_waits_for_a_slow_link_again_and_again_is_a_region() -> None:
    scene = Scene()
    assert scene.move(AREA, seconds=2, rate=4, waited=0.2) == AREA


def test_what_is_small_is_not_a_region() -> None:
    assert SMALLEST == 128 * 128
    assert Scene().move(Rectangle(0, 0, 112, 128)) is None
    assert Scene().move(Rectangle(0, 0, 128, 128)) == Rectangle(0, 0, 128, 128)


def test_a_region_is_given_up_soon_after_the_last_motion() -> None:
    scene = Scene()
    assert scene.move(AREA) == AREA
    assert scene.wait(LINGER / 2) == AREA
    assert scene.wait(LINGER) is None


def test_something_small_that_goes_on_does_not_keep_a_region() -> None:
    scene = Scene()
    scene.move(AREA)
    assert scene.move(Rectangle(160, 96, 16, 16), seconds=2) is None


def test_a_motion_that_becomes_smaller_keeps_its_stream_for_a_while() -> None:
    scene = Scene()
    part = Rectangle(160, 96, 160, 144)
    assert scene.move(AREA) == AREA
    assert scene.move(part, seconds=1) == AREA
    assert scene.move(part, seconds=3) == part


def test_a_motion_that_grows_has_one_region() -> None:
    scene = Scene()
    wider = Rectangle(160, 96, 448, 240)
    scene.move(AREA)
    assert scene.move(wider, seconds=2) == wider
    assert len(set(scene.regions) - {None}) == 2


def test_of_two_motions_one_keeps_the_region() -> None:
    scene = Scene()
    other = Rectangle(800, 400, 336, 240)
    scene.move(AREA)
    assert scene.move(AREA, other, seconds=3) == AREA
    assert set(scene.regions) == {None, AREA}


def test_the_larger_motion_gets_the_region_of_a_much_smaller_one() -> None:
    scene = Scene()
    small = Rectangle(1120, 560, 128, 128)
    scene.move(small)
    assert scene.move(small, AREA, seconds=3) == AREA


def test_the_sides_of_a_region_are_even() -> None:
    scene = Scene(Size(641, 483))
    region = scene.move(Rectangle.of(Size(641, 483)))
    assert region == Rectangle(0, 0, 640, 482)


LARGE = Rectangle(160, 96, 640, 480)


@pytest.mark.parametrize(
    "label", [Rectangle(800, 96, 96, 16), Rectangle(96, 560, 64, 16), Rectangle(160, 48, 32, 48)]
)
def test_a_margin_in_which_hardly_anything_moves_is_left_out(label: Rectangle) -> None:
    assert Scene().move(LARGE, label) == LARGE


def test_a_margin_in_which_much_moves_stays() -> None:
    label = Rectangle(800, 96, 96, 64)
    assert Scene().move(LARGE, label) == LARGE.union(label)


def test_a_photograph_in_a_margin_stays() -> None:
    scene = Scene()
    label = Rectangle(800, 96, 96, 16)
    noise = np.random.default_rng(1).integers(0, 1 << 24, (label.height, label.width))
    scene.framebuffer.view(label)[:] = noise
    assert scene.move(LARGE, label) == LARGE.union(label)
