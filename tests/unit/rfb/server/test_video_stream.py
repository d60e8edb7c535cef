from __future__ import annotations

from struct import unpack

import av
import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.h264.video import VideoError
from desktopd.rfb.encoders.h264.x264 import X264
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.video_stream import COARSEST, VideoStream
from tests.unit.rfb.server.screens import picture
from tests.x11.rfbclient import shown, video_decoder

SIZE = Size(640, 480)
REGION = Rectangle(32, 48, 320, 240)
FREE = 1e9
RESET = 1


class Scene:
    """A framebuffer and a stream of a part of it."""

    def __init__(self, finest: int = 22) -> None:
        self.framebuffer = Framebuffer(SIZE)
        self.stream = VideoStream(X264, REGION, finest)
        self.decoder = video_decoder()
        self.now = 10.0
        self._random = np.random.default_rng(4)
        self._screen = np.zeros((SIZE.height, SIZE.width), np.uint32)

    def draw(self, area: Rectangle = REGION) -> None:
        """Something that is hard to encode."""
        part = self._screen[area.y : area.bottom, area.x : area.right]
        part[:] = self._random.integers(0, 1 << 24, part.shape, np.uint32)
        self.framebuffer.absorb(Rectangle.of(SIZE), picture(self._screen), self.now)

    def encode(self, budget: float, *, key: bool = False) -> tuple[int, int]:
        """Bytes of the next picture, and its flags; it is decoded too."""
        self.now += 1 / 30
        part = self.stream.encode(self.framebuffer, budget, key=key, now=self.now)
        assert part.area == REGION
        assert unpack(">4Hi", part.data[:12]) == (32, 48, 320, 240, Encoding.H264)
        length, flags = unpack(">II", part.data[12:20])
        assert length == len(part.data) - 20
        seen = shown(self.decoder.decode(av.Packet(part.data[20:])))
        assert seen.shape == (240, 320, 3)
        return len(part.data), flags

    def close(self) -> None:
        self.stream.close()


def test_the_first_picture_and_each_key_picture_reset_the_decoder() -> None:
    scene = Scene()
    flags = []
    for key in (False, False, True, False):
        scene.draw()
        flags.append(scene.encode(FREE, key=key)[1])
    assert flags == [RESET, 0, RESET, 0]
    assert scene.stream.frame == 4
    assert scene.stream.sequence == scene.framebuffer.sequence
    assert scene.stream.keyed == 10.0 + 3 / 30
    scene.close()


def test_streams_have_numbers_of_their_own() -> None:
    first, second = Scene(), Scene()
    assert first.stream.number != second.stream.number
    first.close()
    second.close()


def test_it_is_as_fine_as_wanted_where_the_link_is_free() -> None:
    scene = Scene(finest=26)
    for _ in range(10):
        scene.draw(Rectangle(64, 64, 64, 64))
        scene.encode(FREE)
    assert scene.stream.quantiser == 26
    scene.close()


def test_pictures_are_made_to_fit() -> None:
    scene = Scene()
    desktop_size = []
    for _ in range(15):
        scene.draw(Rectangle(64, 64, 128, 128))
        desktop_size.append(scene.encode(8_000)[0])
    assert max(desktop_size[5:]) < 12_000
    assert np.mean(desktop_size[5:]) > 3_000
    scene.close()


def test_it_becomes_coarse_at_once_and_fine_again_slowly() -> None:
    scene = Scene(finest=20)
    area = Rectangle(64, 64, 128, 128)
    for _ in range(8):
        scene.draw(area)
        scene.encode(FREE)
    scene.draw(area)
    fine = scene.stream.quantiser
    scene.encode(5_000)
    coarse = scene.stream.quantiser
    assert coarse > fine + 4
    scene.draw(area)
    scene.encode(FREE)
    assert fine < scene.stream.quantiser < coarse
    scene.close()


def test_a_click_amid_motion_is_soon_sent_and_costs_no_quality() -> None:
    scene = Scene(finest=20)
    for _ in range(20):
        scene.draw(Rectangle(48, 64, 256, 192))
        motion = scene.encode(20_000)[0]
    usual = scene.stream.quantiser
    assert usual > 24
    scene.draw(Rectangle(64, 64, 32, 32))
    assert scene.encode(20_000)[0] < motion / 10
    assert scene.stream.quantiser == usual
    scene.draw(Rectangle(48, 64, 256, 192))
    scene.encode(20_000)
    assert abs(scene.stream.quantiser - usual) <= 2
    scene.close()


def test_less_motion_that_lasts_becomes_fine() -> None:
    scene = Scene(finest=20)
    for area in 10 * [Rectangle(48, 64, 256, 192)] + 50 * [Rectangle(64, 64, 32, 32)]:
        scene.draw(area)
        scene.encode(20_000)
    assert scene.stream.quantiser == 20
    scene.close()


def test_it_is_never_coarser_than_can_be_looked_at() -> None:
    scene = Scene()
    for _ in range(4):
        scene.draw()
        scene.encode(1.0)
    assert scene.stream.quantiser == COARSEST
    scene.close()


def test_only_what_has_changed_costs_something() -> None:
    scene = Scene()
    scene.draw()
    whole = scene.encode(FREE)[0]
    scene.draw(Rectangle(64, 64, 16, 16))
    assert scene.encode(FREE)[0] < whole / 50
    assert scene.encode(FREE)[0] < 200
    scene.close()


def test_a_closed_stream_makes_nothing() -> None:
    scene = Scene()
    scene.close()
    with pytest.raises(VideoError, match="closed"):
        scene.encode(FREE)
