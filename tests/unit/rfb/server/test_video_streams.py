"""Who follows which stream, decoded again: real encoders, no X server."""

from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import EncodedRectangle, VideoError
from desktopd.rfb.encoders.h264.encoder import H264Encoder
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.server import video_streams
from desktopd.rfb.server.video_streams import _tier
from tests.rfb_viewer import VIDEO
from tests.unit.rfb.server.scene import MOVING, Scene, Watcher

QUALITIES = range(Encoding.JPEG_QUALITY_0, Encoding.JPEG_QUALITY_9 + 1)


def test_those_who_come_late_or_miss_a_picture_catch_up_with_the_stream() -> None:
    scene = Scene(Size(640, 480))
    first, late = Watcher(scene.size, VIDEO), Watcher(scene.size, VIDEO)
    scene.rest(first)
    scene.animate(20, first)
    scene.animate(45, first, late)
    assert late.client.seen[Encoding.H264] > 5
    scene.animate(3, first)
    scene.animate(45, first, late)
    assert min(scene.near(first), scene.near(late)) > 35
    assert late.last == first.last
    scene.rest(first, late)


def test_one_stream_serves_all_of_a_kind() -> None:
    made = []

    class Counting(H264Encoder):
        def encode(self, *arguments: object, **options: object) -> EncodedRectangle:
            made.append(options["key"])
            return super().encode(*arguments, **options)  # type: ignore[arg-type]

    scene = Scene(Size(640, 480))
    watchers = [Watcher(scene.size, VIDEO, video=Counting) for _ in range(30)]
    scene.rest(*watchers)
    scene.animate(30, *watchers)
    assert len(made) == watchers[0].client.seen[Encoding.H264]
    assert made.count(True) == len(watchers[0].client._videos)
    assert len({watcher.last for watcher in watchers}) == 1


def test_watchers_of_many_kinds_have_few_encoders_and_take_none_from_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Four watchers, each of another kind every 0.4 s, had 600 MB of encoders after 18 s."""
    monkeypatch.setattr(video_streams, "WATCHED_PIXELS", 4 * MOVING.area)
    opened, closed = list[object](), list[object]()

    class Counting(H264Encoder):
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)  # type: ignore[arg-type]
            opened.append(self)

        def close(self) -> None:
            super().close()
            closed.append(self)

    scene = Scene(Size(640, 480))
    others = [encoding for encoding in VIDEO if encoding not in QUALITIES]
    watchers = [
        Watcher(scene.size, (*others, quality), video=Counting, watching=True)
        for quality in QUALITIES
    ]
    scene.rest(*watchers)
    scene.animate(30, *watchers)
    assert len(opened) - len(closed) == 4
    owner = Watcher(scene.size, (*others, QUALITIES[-1]), video=Counting)
    scene.animate(60, *watchers, owner)
    assert len(opened) - len(closed) == 5
    assert owner.client.seen[Encoding.H264]
    assert min(scene.near(one) for one in (owner, *watchers)) > 30
    scene.animate(60, *watchers[-4:-1], owner)
    assert len(opened) - len(closed) <= 5
    assert all(one.client.seen[Encoding.H264] for one in watchers[-4:-1])
    scene.rest(*watchers, owner)


def test_two_moving_regions_do_not_take_the_stream_from_each_other() -> None:
    scene = Scene(Size(1280, 720))
    watcher = Watcher(scene.size, VIDEO)
    scene.rest(watcher)
    numbers = set()
    one, other = Rectangle(0, 0, 256, 192), Rectangle(1008, 512, 256, 192)
    for step in range(80):
        scene.move(one, step)
        # A little of each now and then stands still, so that the larger one changes.
        scene.move(other, step)
        smaller = (one, other)[step // 4 % 2]
        scene.screen[smaller.y : smaller.y + 48, smaller.x : smaller.right] = 0
        scene.show(watcher)
        if watcher.state:
            numbers.add(watcher.state.stream)
    assert len(numbers - {0}) <= 3
    scene.rest(watcher)


def test_without_an_encoder_what_moves_is_sent_as_jpeg(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(H264Encoder):
        def __init__(self, *arguments: object, **options: object) -> None:
            raise VideoError("libx264 makes no stream")

    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, VIDEO, video=Broken)
    scene.rest(watcher)
    scene.animate(30, watcher)
    assert not watcher.client.seen[Encoding.H264]
    assert watcher.client.means["jpeg"] > 20
    assert "libx264 makes no stream" in caplog.text
    scene.rest(watcher)


def test_a_slow_link_gets_less_of_the_stream_and_its_own() -> None:
    scene = Scene(Size(640, 480))
    fast, slow = Watcher(scene.size, VIDEO), Watcher(scene.size, VIDEO, rate=60_000)
    scene.rest(fast, slow)
    sizes: list[list[int]] = []
    for step in range(60):
        scene.move(MOVING, step)
        scene.noise(Rectangle(64, 48, 32, 48))
        scene.show(fast, slow)
        sizes.append([len(fast.last), len(slow.last)])
    assert fast.client.seen[Encoding.H264]
    assert slow.client.seen[Encoding.H264]
    large, small = np.sum(sizes[30:], axis=0)
    assert small < large / 2
    scene.rest(fast, slow)


@pytest.mark.parametrize(
    ("rate", "tier", "wanted"),
    [
        (100_000, None, 0),
        (1_000_000, None, 1),
        (1e9, None, 2),
        (800_000, 0, 0),
        (1_100_000, 0, 1),
        (700_000, 1, 1),
        (500_000, 1, 0),
        (1_500_000, 2, 2),
        (1_100_000, 2, 1),
        (1_000, 2, 1),
    ],
)
def test_a_link_keeps_its_tier_until_it_has_clearly_changed(
    rate: float, tier: int | None, wanted: int
) -> None:
    assert _tier(rate, tier) == wanted
