"""A pressed button inside a video: real encoders, decoded again, no X server."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import EncodedRectangle
from desktopd.rfb.encoders.h264.encoder import H264Encoder
from desktopd.rfb.protocol.encodings import Encoding
from tests.rfb_viewer import VIDEO
from tests.unit.rfb.server.scene import FAST, Scene, Watcher

SIZE = Size(640, 480)
CANVAS = Rectangle(64, 48, 512, 384)
BUTTON = Rectangle(200, 150, 90, 70)
THIN = 62_500.0  # bytes a second


class Counting(H264Encoder):
    """Notes of each frame whether it was a key frame."""

    made: list[bool]

    def encode(self, *arguments: object, **options: object) -> EncodedRectangle:
        self.made.append(bool(options["key"]))
        return super().encode(*arguments, **options)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def nothing_made() -> None:
    Counting.made = []


def filmed(*rates: float) -> tuple[Scene, list[Watcher]]:
    """A canvas that moves, and who follows its video."""
    scene = Scene(SIZE)
    watchers = [Watcher(SIZE, VIDEO, rate, video=Counting) for rate in rates]
    scene.rest(*watchers)
    scene.animate(20, *watchers, area=CANVAS)
    for watcher in watchers:
        assert watcher.client.seen[Encoding.H264]
    return scene, watchers


def press(scene: Scene, colour: int = 0xFF8000) -> None:
    part = scene.screen[BUTTON.y : BUTTON.bottom, BUTTON.x : BUTTON.right]
    part[:] = colour


def shows(watcher: Watcher, scene: Scene) -> bool:
    """Whether the button is exact."""
    part = np.s_[BUTTON.y : BUTTON.bottom, BUTTON.x : BUTTON.right]
    return bool(np.array_equal(watcher.client.picture[part], scene.screen[part]))


def test_a_button_is_exact_at_once_and_costs_no_picture_of_the_video() -> None:
    scene, watchers = filmed(FAST, FAST)
    made = len(Counting.made)
    press(scene)
    scene.show(*watchers, after=0.01)
    assert len(Counting.made) == made
    assert all(shows(watcher, scene) for watcher in watchers)
    assert all(len(watcher.last) < 500 for watcher in watchers)


def test_the_video_goes_on_after_it_without_a_key_frame() -> None:
    scene, watchers = filmed(FAST, FAST)
    made, keys = len(Counting.made), sum(Counting.made)
    for step in range(20):
        scene.move(CANVAS, step)
        scene.show(*watchers)
        press(scene, step << 8)
        scene.show(*watchers, after=0.01)
    assert sum(Counting.made) == keys
    assert len(Counting.made) == made + 20
    assert min(scene.near(watcher, CANVAS) for watcher in watchers) > 30
    scene.rest(*watchers)


def test_what_has_many_colours_is_a_picture_of_the_video() -> None:
    scene, watchers = filmed(FAST)
    made = len(Counting.made)
    scene.noise(BUTTON)
    scene.show(*watchers, after=0.01)
    assert len(Counting.made) == made + 1


def test_what_a_thin_link_takes_later_is_a_picture_of_the_video() -> None:
    scene, watchers = filmed(THIN)
    made = len(Counting.made)
    press(scene)
    scene.show(*watchers, after=0.01)
    assert len(Counting.made) == made + 1


def test_nobody_loses_the_video_by_a_frame_that_another_needs() -> None:
    """The second comes to the same capture when the first has gone on without a frame."""
    scene, (first, second) = filmed(FAST, FAST)
    press(scene)
    scene.show(first, after=0.01)
    scene.show(second, after=0.01)
    keys = sum(Counting.made)
    for step in range(6):
        scene.move(CANVAS, step)
        scene.show(first)
    assert sum(Counting.made) == keys
    assert first.state is not None
    assert first.state.frame == len(Counting.made)


def test_whoever_lacks_more_gets_the_whole_picture() -> None:
    scene, (watcher,) = filmed(FAST)
    made = len(Counting.made)
    watcher.anew = CANVAS
    press(scene)
    scene.show(watcher, after=0.01)
    assert len(Counting.made) == made + 1


def test_a_viewer_without_video_does_not_count() -> None:
    scene, (watcher,) = filmed(FAST)
    plain = Watcher(SIZE, VIDEO)
    plain.preferences = replace(plain.preferences, video=None)
    made = len(Counting.made)
    press(scene)
    scene.show(watcher, plain, after=0.01)
    assert len(Counting.made) == made
