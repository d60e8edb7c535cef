"""What has changed, as each viewer gets it: real encoders, no X server."""

from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.protocol.encodings import Encoding
from tests.rfb_viewer import COMMON, LOSSLESS, PHOTOS
from tests.unit.rfb.server.scene import ZRLE, Scene, Watcher


def test_two_viewers_that_ask_for_as_much_of_different_places_get_their_own() -> None:
    scene = Scene(Size(640, 480))
    watchers = [Watcher(scene.size, LOSSLESS) for _ in range(2)]
    scene.noise(Rectangle.of(scene.size))
    scene.rest(*watchers)
    for watcher, x in zip(watchers, (0, 320), strict=True):
        watcher.anew = Rectangle(x, 64, 32, 32)
        watcher.client.picture[:] = 0
    scene.show(*watchers)
    for watcher, x in zip(watchers, (0, 320), strict=True):
        drawn = np.argwhere(watcher.client.picture).min(0).tolist()
        assert drawn == [64, x]


@pytest.mark.parametrize("size", [Size(2600, 96), Size(4096, 1088)])
def test_a_photograph_wider_than_a_tight_rectangle(size: Size) -> None:
    scene = Scene(size)
    watcher = Watcher(size, (Encoding.TIGHT, Encoding.JPEG_QUALITY_9, *COMMON))
    scene.noise(Rectangle.of(size))
    scene.show(watcher)
    assert watcher.client.means["jpeg"]
    scene.rest(watcher)


def test_what_is_kept_for_sharing_is_bounded_while_nothing_changes() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, LOSSLESS)
    scene.noise(Rectangle.of(scene.size))
    scene.rest(watcher)
    for width in range(16, 640, 16):
        for height in range(16, 480, 16):
            watcher.anew = Rectangle(0, 0, width, height)
            scene.encoder.updates([watcher.request()], scene.now)
    assert len(scene.encoder._changes._shared) < 100


@pytest.mark.parametrize(
    ("area", "encoding"),
    [(Rectangle(64, 64, 128, 96), Encoding.WEBP), (Rectangle(0, 0, 640, 480), Encoding.TIGHT)],
)
def test_only_what_is_little_is_made_dense_while_others_wait(
    area: Rectangle, encoding: Encoding
) -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, (Encoding.WEBP, *LOSSLESS), rate=125_000.0)
    scene.rest(watcher)
    before = watcher.client.seen.copy()
    scene.move(area, 0)
    scene.show(watcher)
    assert set(watcher.client.seen - before) == {encoding}
    assert watcher.state is not None
    assert watcher.state.exact


def test_viewers_that_lack_the_same_get_the_same_bytes() -> None:
    scene = Scene(Size(640, 480))
    one, other, late = (Watcher(scene.size, PHOTOS) for _ in range(3))
    scene.rest(one, other)
    scene.noise(Rectangle(64, 64, 320, 240))
    scene.show(one, other, late)
    assert one.last == other.last != late.last


def test_a_viewer_that_follows_gets_only_the_pixels_that_differ() -> None:
    scene = Scene(Size(640, 480))
    follows, behind = Watcher(scene.size, LOSSLESS), Watcher(scene.size, LOSSLESS)
    scene.rest(follows, behind)
    scene.screen[10, 12] = 7
    scene.show(follows)
    scene.screen[100:103, 200:205] = 0xFF00FF
    scene.show(follows, behind)
    assert follows.last[4:12] == bytes.fromhex("00c8 0064 0005 0003")
    assert len(behind.last) > len(follows.last)
    scene.rest(follows, behind)


@pytest.mark.parametrize(("encodings", "lossy"), [(PHOTOS, True), (LOSSLESS, False), (ZRLE, False)])
def test_photographs_are_lossy_only_for_viewers_that_take_that(
    encodings: tuple[int, ...], lossy: bool
) -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, encodings)
    scene.rest(watcher)
    photograph = Rectangle(64, 64, 320, 240)
    scene.noise(photograph)
    scene.screen[400:420, 500:600] = 0x336699
    scene.show(watcher)
    place = np.s_[64:304, 64:384]
    assert watcher.client.lossy[place].all() == lossy
    assert not watcher.client.lossy[400:420, 500:600].any()


def test_a_slow_link_gets_coarser_photographs() -> None:
    scene = Scene(Size(640, 480))
    fast, slow = Watcher(scene.size, PHOTOS), Watcher(scene.size, PHOTOS, rate=200_000)
    scene.rest(fast, slow)
    scene.noise(Rectangle(64, 64, 320, 240))
    scene.show(fast, slow)
    assert len(slow.last) < len(fast.last) / 2
