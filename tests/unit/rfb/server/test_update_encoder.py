"""What each viewer is sent of one capture, decoded again: real encoders, no X server."""

from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.server.motion import LINGER
from tests.rfb_viewer import LOSSLESS, PHOTOS, VIDEO
from tests.unit.rfb.server.scene import FAST, ZRLE, Scene, Watcher


@pytest.mark.parametrize("size", [Size(640, 480), Size(641, 483), Size(64, 64), Size(79, 65)])
@pytest.mark.parametrize("encodings", [VIDEO, PHOTOS, LOSSLESS, ZRLE, ()])
def test_every_viewer_ends_with_the_screen(size: Size, encodings: tuple[int, ...]) -> None:
    scene = Scene(size)
    watcher = Watcher(size, encodings)
    scene.rest(watcher)
    scene.noise(Rectangle.of(size))
    scene.rest(watcher)
    scene.animate(8, watcher, area=Rectangle(0, 0, min(size.width, 300), min(size.height, 200)))
    scene.rest(watcher)


@pytest.mark.parametrize(("rate", "encoding"), [(125_000.0, Encoding.WEBP), (FAST, Encoding.TIGHT)])
def test_a_slow_link_becomes_exact_by_webp(rate: float, encoding: Encoding) -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, (Encoding.WEBP, *VIDEO), rate)
    scene.rest(watcher)
    scene.animate(20, watcher)
    before = watcher.client.seen[encoding]
    scene.rest(watcher)
    assert watcher.client.seen[encoding] > before


def test_video_begins_with_sustained_motion_and_ends_with_it() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, VIDEO)
    scene.rest(watcher)
    scene.animate(3, watcher)
    assert not watcher.client.seen[Encoding.H264]
    scene.animate(30, watcher)
    assert watcher.client.seen[Encoding.H264] > 20
    assert scene.near(watcher) > 35
    scene.rest(watcher)
    scene.show(watcher, after=LINGER)
    assert scene.encoder.motion.region is None


def test_a_video_picture_is_never_sent_twice_to_one_viewer() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, VIDEO)
    scene.rest(watcher)
    scene.animate(20, watcher)
    before = scene.near(watcher)
    for _ in range(6):
        watcher.anew = Rectangle.of(scene.size)
        scene.show(watcher, after=0.001)
    scene.animate(2, watcher)
    assert scene.near(watcher) > before - 3


def test_another_size_begins_with_nothing_of_the_last() -> None:
    scene = Scene(Size(640, 480))
    watchers = [Watcher(scene.size, kind) for kind in (VIDEO, LOSSLESS, ZRLE)]
    scene.noise(Rectangle.of(scene.size))
    scene.rest(*watchers)
    scene.size = Size(800, 484)
    scene.screen = np.zeros((484, 800), np.uint32)
    scene.encoder.resize(scene.size)
    for watcher in watchers:
        watcher.client._resize(800, 484)
    scene.rest(*watchers)


def test_what_has_only_moved_is_copied_by_the_viewer_itself() -> None:
    scene = Scene(Size(640, 480))
    scene.noise(Rectangle.of(scene.size))
    copies = Watcher(scene.size, (Encoding.COPYRECT, *LOSSLESS))
    plain, late = Watcher(scene.size, LOSSLESS), Watcher(scene.size, copies.client.encodings)
    scene.rest(copies, plain)
    scene.screen[:440] = scene.screen[40:].copy()
    scene.show(copies, plain, late)
    assert len(copies.last) < len(plain.last) / 5
    assert copies.client.seen[Encoding.COPYRECT] == 1
    assert not late.client.seen[Encoding.COPYRECT]
    for watcher in (copies, plain, late):
        assert np.array_equal(watcher.client.picture, scene.screen)


def test_a_copy_of_what_is_lossy_is_lossy() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, (Encoding.COPYRECT, *PHOTOS))
    scene.rest(watcher)
    scene.noise(Rectangle.of(scene.size))
    scene.show(watcher)
    scene.screen[:440] = scene.screen[40:].copy()
    scene.show(watcher)
    assert watcher.client.seen[Encoding.COPYRECT] == 1
    assert watcher.state is not None
    assert watcher.state.lossy[:20].all()
    scene.rest(watcher)
