"""Scripts, and parts of napari, that raise while a session is put back."""

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
