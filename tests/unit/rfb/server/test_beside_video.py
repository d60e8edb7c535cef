"""What goes with a video on a thin link: real encoders, decoded again."""

from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import EncodedRectangle
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.server.beside_video import fitting
from desktopd.rfb.server.client_state import ClientState
from desktopd.rfb.server.framebuffer import Framebuffer
from tests.rfb_viewer import VIDEO
from tests.unit.rfb.server.scene import FAST, MOVING, Scene, Watcher

THUMBNAIL, DIGIT, BUTTON = (
    Rectangle(480, 400, 48, 32),
    Rectangle(560, 16, 16, 16),
    Rectangle(16, 400, 64, 32),
)
THIN = 125_000.0


def same(scene: Scene, watcher: Watcher, area: Rectangle) -> bool:
    place = np.s_[area.y : area.bottom, area.x : area.right]
    return np.array_equal(watcher.client.picture[place], scene.screen[place])


def frame(scene: Scene, step: int) -> None:
    """A picture of the video, and what follows it elsewhere."""
    scene.move(MOVING, step)
    scene.noise(THUMBNAIL)
    x, y = DIGIT.x, DIGIT.y
    scene.screen[y : y + 16, x : x + 16] = 0xFFFFFF * (step % 2)


def moving(rate: float) -> tuple[Scene, Watcher]:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, VIDEO, rate)
    scene.rest(watcher)
    for step in range(30):
        frame(scene, step)
        scene.show(watcher)
    assert watcher.client.seen[Encoding.H264]
    return scene, watcher


@pytest.mark.parametrize(("rate", "whole"), [(FAST, 40), (THIN, 10)])
def test_large_things_that_follow_each_picture_come_with_every_fourth_on_a_thin_link(
    rate: float, whole: int
) -> None:
    scene, watcher = moving(rate)
    thumbnails = digits = 0
    for step in range(40):
        frame(scene, step)
        scene.show(watcher)
        thumbnails += same(scene, watcher, THUMBNAIL)
        digits += same(scene, watcher, DIGIT)
    assert (thumbnails, digits) == (whole, 40)
    scene.rest(watcher)


def test_what_changes_once_comes_at_once() -> None:
    scene, watcher = moving(THIN)
    for step in range(40):
        frame(scene, step)
        if step % 10 == 5:
            scene.noise(BUTTON)
        scene.show(watcher)
        assert same(scene, watcher, BUTTON)


def test_what_stops_while_the_video_goes_on_becomes_exact() -> None:
    scene, watcher = moving(THIN)
    for step in range(40):
        scene.move(MOVING, step)
        scene.show(watcher)
    assert same(scene, watcher, THUMBNAIL)


@pytest.mark.parametrize("budget", [1e9, 400.0])
def test_what_goes_out_keeps_its_order(budget: float) -> None:
    """A lossy rectangle may touch tiles whose exact one has to come after it."""
    framebuffer = Framebuffer(Size(640, 480))
    state, everything = ClientState(framebuffer), ~framebuffer.no_tiles()
    changes = tuple(
        EncodedRectangle(Rectangle(x, 0, 32, 32), bytes(size), lossy)
        for x, size, lossy in ((0, 60, True), (32, 900, False), (16, 20, False))
    )
    sent = fitting(changes, state, everything, budget)
    assert sent == (changes if budget == 1e9 else (changes[0], changes[2]))
