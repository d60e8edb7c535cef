from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import Cost, Encoders
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.rectangle_cache import RectangleCache
from tests.unit.rfb.server.screens import captured

LEFT, RIGHT = Rectangle(0, 0, 32, 32), Rectangle(32, 0, 32, 32)
TIGHT, ZRLE, RAW = (
    EncodingPreferences.of([number], NATIVE)
    for number in (Encoding.TIGHT, Encoding.ZRLE, Encoding.RAW)
)


class Scene:
    def __init__(self) -> None:
        self.framebuffer = Framebuffer(Size(64, 32))
        self.cache = RectangleCache(self.framebuffer, Encoders())
        self.own = Encoders()

    def change_right(self, colour: int = 1) -> None:
        screen = np.zeros((32, 64), np.uint32)
        screen[:, 32:] = colour
        self.framebuffer.absorb(RIGHT, captured(screen), 1.0)


def test_a_rectangle_is_made_again_only_where_its_pixels_have_changed() -> None:
    scene = Scene()
    before = [scene.cache.lossless(area, TIGHT, scene.own) for area in (LEFT, RIGHT)]
    scene.change_right()
    after = [scene.cache.lossless(area, TIGHT, Encoders()) for area in (LEFT, RIGHT)]
    assert after[0] is before[0]
    assert after[1].data != before[1].data


def test_viewers_with_other_preferences_get_rectangles_of_their_own() -> None:
    scene = Scene()
    small = EncodingPreferences.of([Encoding.TIGHT, Encoding.COMPRESSION_LEVEL_9], NATIVE)
    one, other = (scene.cache.lossless(LEFT, wanted, scene.own) for wanted in (TIGHT, small))
    assert one is not other


def test_what_costs_no_more_than_a_copy_is_not_kept() -> None:
    scene = Scene()
    assert RAW.lossless.cost is Cost.COPY
    one, other = (scene.cache.lossless(LEFT, RAW, scene.own) for _ in range(2))
    assert one is not other
    assert one == other


def test_what_is_not_shared_goes_through_the_viewers_own_encoder() -> None:
    scene = Scene()
    first = scene.cache.lossless(LEFT, ZRLE, scene.own)
    assert scene.cache.lossless(LEFT, ZRLE, Encoders()) == first
    assert scene.cache.lossless(LEFT, ZRLE, scene.own) != first, "its stream goes on"
    assert list(scene.own) == [ZRLE.lossless]


@pytest.mark.parametrize("changing", [False, True])
def test_what_is_kept_is_bounded(changing: bool) -> None:
    scene = Scene()
    for width in range(1, 33):
        for height in range(1, 33):
            scene.cache.lossless(Rectangle(32, 0, width, height), TIGHT, scene.own)
        if changing:
            scene.change_right(width)
    assert len(scene.cache._kept) <= 512
