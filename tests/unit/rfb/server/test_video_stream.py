"""Frames of one region: numbers, key frames, and what they are worth."""

from __future__ import annotations

import math
from struct import unpack

import av
import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import VideoError
from desktopd.rfb.encoders.h264.encoder import H264Encoder
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.video_stream import VideoStream
from tests.rfb_decoders import shown, video_decoder
from tests.unit.rfb.encoders.pictures import noise
from tests.unit.rfb.server.screens import captured

SIZE = Size(640, 480)
REGION = Rectangle(32, 48, 320, 240)
PREFERENCES = EncodingPreferences.of([Encoding.H264, Encoding.JPEG_QUALITY_0 + 6], NATIVE)
FREE = 1e9
RESET = 1


class Scene:
    """A framebuffer and a stream of a part of it."""

    def __init__(self, preferences: EncodingPreferences = PREFERENCES) -> None:
        self.framebuffer = Framebuffer(SIZE)
        self.stream = VideoStream(REGION, preferences)
        self.decoder = video_decoder()
        self.now = 10.0
        self._seed = 0
        self._screen = np.zeros((SIZE.height, SIZE.width), np.uint32)

    def draw(self, area: Rectangle = REGION) -> None:
        """Something that is hard to encode."""
        self._seed += 1
        part = self._screen[area.y : area.bottom, area.x : area.right]
        part[:] = noise(area.width, area.height, self._seed)
        self.framebuffer.absorb(Rectangle.of(SIZE), captured(self._screen), self.now)

    def encode(self, budget: float, *, key: bool = False, after: float = 1 / 30) -> tuple[int, int]:
        """Bytes of the next frame, and its flags; it is decoded too."""
        self.now += after
        rectangle = self.stream.encode(self.framebuffer, budget, key=key, now=self.now)
        assert rectangle is self.stream.last
        assert unpack(">4Hi", rectangle.data[:12]) == (32, 48, 320, 240, Encoding.H264)
        _, flags = unpack(">II", rectangle.data[12:20])
        assert shown(self.decoder.decode(av.Packet(rectangle.data[20:]))).shape == (240, 320, 3)
        return len(rectangle.data), flags

    def close(self) -> None:
        self.stream.close()


def test_the_first_frame_and_each_key_frame_are_for_viewers_that_begin() -> None:
    scene = Scene()
    scene.stream.missed = True
    assert scene.stream.keyed == -math.inf
    flags = []
    for key in (False, False, True, False):
        scene.draw()
        flags.append(scene.encode(FREE, key=key)[1])
    assert flags == [RESET, 0, RESET, 0]
    assert scene.stream.frame == 4
    assert scene.stream.sequence == scene.framebuffer.sequence
    assert scene.stream.keyed == 10.0 + 3 / 30
    assert not scene.stream.missed
    scene.close()


def test_streams_have_numbers_of_their_own() -> None:
    first, second = Scene(), Scene()
    assert first.stream.number != second.stream.number
    first.close()
    second.close()


def test_only_what_has_changed_since_the_last_frame_costs_something() -> None:
    scene = Scene()
    scene.draw()
    whole = scene.encode(FREE)[0]
    scene.draw(Rectangle(64, 64, 16, 16))
    scene.draw(Rectangle(96, 64, 16, 16))
    two = scene.encode(FREE)[0]
    assert 400 < two < whole / 50
    assert scene.encode(FREE)[0] < 200
    scene.close()


def test_a_click_amid_motion_is_soon_sent_and_costs_no_quality() -> None:
    scene = Scene()
    for _ in range(20):
        scene.draw(Rectangle(48, 64, 256, 192))
        motion = scene.encode(20_000)[0]
    scene.draw(Rectangle(64, 64, 32, 32))
    assert scene.encode(20_000)[0] < motion / 10
    scene.draw(Rectangle(48, 64, 256, 192))
    assert abs(scene.encode(20_000)[0] - motion) < motion / 4
    scene.close()


def test_frames_that_come_seldom_are_worth_more() -> None:
    scene = Scene()
    scene.draw()
    scene.encode(FREE)
    often = scene.stream.budget(FREE, scene.now + 1 / 60)
    assert often < scene.stream.budget(FREE, scene.now + 1 / 10)
    assert scene.stream.budget(FREE, scene.now + 1) == scene.stream.budget(FREE, scene.now + 9)
    for _ in range(40):
        scene.encode(FREE, after=1 / 60)
    wanted = H264Encoder.most_bytes(PREFERENCES.quality, REGION.area, 1 / 60)
    assert scene.stream.budget(FREE, scene.now + 1 / 60) == pytest.approx(wanted, rel=0.1)
    scene.close()


def test_a_closed_stream_makes_nothing() -> None:
    scene = Scene()
    scene.close()
    with pytest.raises(VideoError, match="closed"):
        scene.encode(FREE)
