"""What callbacks of a script do, and raise, while its session is put back."""

import contextlib
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.made import note_made
from tests.unit.integrations.napari.session.restoring import ViewerModel, names, restored, saved

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]


def fail(event: Any) -> None:
    raise RuntimeError


OF_THE_LIST = ["inserting", "inserted", "removing", "removed", "moving", "moved", "reordered"]


@pytest.mark.parametrize("event", OF_THE_LIST)
def test_a_script_that_raises_at_changes_of_the_list_costs_nothing(
    blocks: Blocks, cells: Path, event: str
) -> None:
    def made(*, is_rgb: bool) -> ViewerModel:
        viewer = ViewerModel()
        viewer.add_labels(np.zeros((9, 9), int), name="paint")
        viewer.add_image(np.zeros((9, 9, 3)), name="colours", rgb=is_rgb)
        viewer.add_image(np.zeros((9, 9)), name="removed")
        note_made(viewer.layers)
        return viewer

    viewer = made(is_rgb=False)
    viewer.layers["paint"].paint((3, 3), 9)
    viewer.layers["colours"].data = np.ones((9, 9, 3))
    viewer.layers.remove("removed")
    viewer.open(cells, channel_axis=0, name="cells")
    viewer.add_points([[1, 1]], name="mine")
    viewer.layers.move(5, 0)
    viewer.camera.zoom = 3
    before = names(viewer)
    for _ in range(2):
        document, viewer = saved(viewer, blocks), made(is_rgb=True)
        viewer.layers.events[event].connect(fail)
        viewer, told, kept = restored(document, blocks, viewer)
        assert (names(viewer), told.missing, kept) == (before, [], [])
        assert (viewer.camera.zoom, viewer.layers["paint"].data[3, 3]) == (3, 9)


def test_nobody_asks_what_hears_of_it_to_tell_of_itself(blocks: Blocks) -> None:
    class Mute:
        def hear(self) -> None: ...

        def __repr__(self) -> str:
            raise RuntimeError

    viewer, mute = ViewerModel(), Mute()
    viewer.add_labels(np.zeros((9, 9), int), name="paint")
    document, viewer = saved(viewer, blocks), ViewerModel()
    viewer.layers.events.inserted.connect(mute.hear)
    viewer, told, kept = restored(document, blocks, viewer)
    assert (names(viewer), told.missing, kept) == (["paint"], [], [])


def test_what_was_read_of_a_file_before_that_failed_is_not_there(
    blocks: Blocks, cells: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = ViewerModel()
    viewer.open(cells, channel_axis=0, name="cells")
    document = saved(viewer, blocks)

    def draw(viewer: ViewerModel, event: Any) -> None:
        if event.value.name.endswith("[2]"):
            raise MemoryError

    viewer = ViewerModel()
    with monkeypatch.context() as patch:
        patch.setattr(ViewerModel, "_on_add_layer", draw)
        viewer, told, kept = restored(document, blocks, viewer)
    assert (names(viewer), told.layers, len(kept)) == ([], [], 3)
    document = {**saved(viewer, blocks), "unrestored": kept}
    assert len(restored(document, blocks)[0].layers) == 3


def test_what_a_part_of_napari_raises_as_a_layer_goes_costs_no_other(
    blocks: Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made() -> ViewerModel:
        viewer = ViewerModel()
        viewer.add_labels(np.zeros((9, 9), int), name="paint")
        viewer.add_image(np.zeros((9, 9)), name="removed")
        note_made(viewer.layers)
        return viewer

    viewer = made()
    viewer.layers.remove("removed")
    viewer.layers["paint"].paint((3, 3), 9)
    document, viewer = saved(viewer, blocks), made()
    monkeypatch.setattr(type(viewer.layers), "remove", lambda *given: fail(given))
    viewer, told, kept = restored(document, blocks, viewer)
    assert (told.missing, kept, told.camera) == ([], [], True)
    assert viewer.layers["paint"].data[3, 3] == 9


CONNECT: dict[str, Callable[[ViewerModel, Callable[..., None]], None]] = {
    "list": lambda viewer, do: viewer.layers.events.connect(do),
    "selection": lambda viewer, do: viewer.layers.selection.events.active.connect(do),
    "camera": lambda viewer, do: viewer.camera.events.zoom.connect(do),
    "dims": lambda viewer, do: viewer.dims.events.connect(do),
    "features": lambda viewer, do: viewer.layers["p"].events.features.connect(do),
    "itself": lambda viewer, do: viewer.layers["one"].events.opacity.connect(do),
    "overlay": lambda viewer, do: viewer.layers["p"].bounding_box.events.connect(do),
    "selected": lambda viewer, do: viewer.layers["p"].selected_data.events.connect(do),
}


@pytest.mark.parametrize("raises", [False, True])
@pytest.mark.parametrize("connect", CONNECT.values(), ids=CONNECT)
def test_whatever_a_script_hears_of_it_changes_nothing_of_what_was_saved(
    blocks: Blocks, connect: Callable[..., None], raises: bool
) -> None:
    def made() -> ViewerModel:
        viewer = ViewerModel()
        viewer.add_labels(np.zeros((9, 9), int), name="one")
        viewer.add_points([[1, 1], [3, 3]], name="p", features={"q": [1, 2]})
        note_made(viewer.layers)
        return viewer

    viewer = made()
    one, points = viewer.layers
    one.data[0, 0], one.opacity, viewer.camera.zoom = 9, 0.5, 7
    points.data, points.features = [[1, 1], [2, 2], [4, 4]], {"q": [3, 4, 5]}
    points.selected_data, points.bounding_box.visible = {1}, True
    viewer.layers.selection.active = one
    document, viewer = saved(viewer, blocks), made()
    one, count = viewer.layers["one"], itertools.count(10)

    def change(*event: Any) -> None:
        with one.events.blocker_all():
            one.data, one.opacity = np.full((9, 9), next(count)), 0.25
        if raises:
            raise RuntimeError

    connect(viewer, change)
    viewer, told, kept = restored(document, blocks, viewer)
    assert (viewer.layers[0], told.missing, kept) == (one, [], [])
    assert (one.data[0, 0], one.data[1, 1], one.opacity) == (9, 0, 0.5)
    heard, points = next(count), viewer.layers["p"]
    for owner, name, value in [
        (viewer.camera, "zoom", 3),
        (viewer.dims, "ndisplay", 3),
        (viewer.layers.selection, "active", points),
        (points, "features", {"q": [5, 4, 3]}),
        (points, "selected_data", {2}),
        (points.bounding_box, "visible", False),
        (one, "opacity", 0.75),
    ]:
        with contextlib.suppress(Exception):
            setattr(owner, name, value)
    assert next(count) > heard + 1, "afterwards it hears as before"
