"""What is lossy becomes exact when it rests: real encoders, no X server."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.server import refinement
from desktopd.rfb.server.refinement import REST
from tests.rfb_viewer import PHOTOS, VIDEO
from tests.unit.rfb.server.scene import MOVING, Scene, Watcher


def test_what_rests_becomes_exact_while_something_small_goes_on_changing() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, PHOTOS)
    scene.rest(watcher)
    scene.noise(MOVING)
    scene.show(watcher)
    assert watcher.client.lossy.any()
    for step in range(60):
        scene.screen[400:410, 500:510] = step
        scene.show(watcher, after=1 / 60)
    assert not watcher.client.lossy.any()


def test_what_rests_beside_a_moving_region_becomes_exact() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, VIDEO)
    scene.rest(watcher)
    beside = Rectangle(352, 240, 256, 208)
    scene.noise(beside)
    scene.animate(60, watcher)
    place = np.s_[beside.y : beside.bottom, beside.x : beside.right]
    assert watcher.client.seen[Encoding.H264]
    assert not watcher.client.lossy[place].any()


def test_a_region_that_moved_as_a_whole_is_exact_soon_after_only_a_part_still_does() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, VIDEO)
    scene.rest(watcher)
    scene.animate(30, watcher, area=Rectangle(0, 0, 640, 480))
    assert watcher.client.lossy[400, 600]
    scene.animate(120, watcher)
    assert not watcher.client.lossy[400, 600]


@pytest.mark.parametrize("after", [REST * 0.9, REST * 1.1])
def test_nothing_is_refined_before_it_rests(after: float) -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, PHOTOS)
    scene.rest(watcher)
    scene.noise(MOVING)
    scene.show(watcher)
    scene.show(watcher, after=after)
    assert (watcher.last != b"") == (after > REST)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work takes no time, however long the machine takes for it."""
    monkeypatch.setattr(refinement, "time", SimpleNamespace(monotonic=lambda: 0.0))


def lossy_scene(*rates: float) -> tuple[Scene, list[Watcher]]:
    """Viewers of a photograph that rests, on links of these rates."""
    scene = Scene(Size(640, 480))
    watchers = [Watcher(scene.size, PHOTOS, rate) for rate in rates]
    scene.rest(*watchers)
    scene.noise(MOVING)
    scene.show(*watchers)
    return scene, watchers


@pytest.mark.usefixtures("unhurried")
def test_a_slow_link_is_not_filled_by_one_refinement() -> None:
    scene, (fast, slow) = lossy_scene(1e9, 300_000)
    scene.show(fast, slow, after=2 * REST)
    assert not fast.client.lossy.any()
    assert 0 < len(slow.last) < len(fast.last)
    assert slow.client.lossy.any()


def test_what_changes_does_not_wait_for_the_work_of_a_refinement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene, (watcher,) = lossy_scene(1e9)
    clock = count(step=0.007)
    monkeypatch.setattr(refinement, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    scene.show(watcher, after=2 * REST)
    assert watcher.client.lossy.any()
    assert watcher.last[:4] == bytes.fromhex("0000 0002"), "two rectangles take 14 ms"


def test_it_is_known_whether_a_viewer_gets_anything_but_refinement() -> None:
    scene, (slow,) = lossy_scene(300_000)
    assert slow.state is not None
    assert not slow.state.only_refined
    scene.show(slow, after=2 * REST)
    assert slow.state.only_refined
    scene.screen[400:410, 500:510] = 7
    scene.show(slow)
    assert not slow.state.only_refined


def drafted_scene(rate: float = 1e9) -> tuple[Scene, Watcher]:
    """A draft that its viewer has seen for a while, and that is final now by what is told."""
    scene, (watcher,) = lossy_scene(rate)
    scene.is_draft = True
    scene.noise(MOVING)
    scene.show(watcher)
    scene.show(watcher, after=5 * REST)
    assert watcher.client.lossy.any(), "a draft is left as it is"
    scene.is_draft = False
    return scene, watcher


@pytest.mark.usefixtures("unhurried")
def test_the_picture_that_follows_a_draft_is_exact_at_once() -> None:
    scene, watcher = drafted_scene()
    scene.show(watcher)
    assert not watcher.last, "the draft is nothing to make exact any more"
    scene.noise(MOVING)
    scene.show(watcher)
    assert not watcher.client.lossy.any()


@pytest.mark.usefixtures("unhurried")
def test_what_is_small_is_not_the_picture_that_follows_a_draft() -> None:
    scene, watcher = drafted_scene()
    scene.screen[400:410, 500:510] = 7
    scene.show(watcher)
    assert watcher.last
    scene.show(watcher, after=REST)
    assert watcher.client.lossy.any()
    scene.noise(MOVING)
    scene.show(watcher)
    assert not watcher.client.lossy.any()


@pytest.mark.usefixtures("unhurried")
def test_a_slow_link_has_a_coarse_picture_first() -> None:
    scene, watcher = drafted_scene(100_000)
    scene.noise(MOVING)
    scene.show(watcher)
    assert watcher.client.lossy[MOVING.y : MOVING.bottom, MOVING.x : MOVING.right].all()


@pytest.mark.usefixtures("unhurried")
def test_a_picture_that_comes_before_it_is_told_to_be_final_is_exact_soon() -> None:
    scene, watcher = drafted_scene()
    scene.is_draft = True
    scene.noise(MOVING)
    scene.show(watcher)
    assert watcher.client.lossy.any()
    scene.is_draft = False
    scene.show(watcher, after=REST / 4)
    assert not watcher.client.lossy.any()


@pytest.mark.usefixtures("unhurried")
def test_a_draft_that_is_final_as_it_is_becomes_exact() -> None:
    scene, watcher = drafted_scene()
    scene.show(watcher, after=4 * REST)
    assert not watcher.client.lossy.any()


@pytest.mark.usefixtures("unhurried")
def test_a_draft_that_nothing_follows_becomes_exact() -> None:
    scene, (watcher,) = lossy_scene(1e9)
    scene.is_draft = True
    scene.show(watcher, after=30 * REST)
    assert not watcher.client.lossy.any()
