"""Layers that a script adds by itself while those of its session are put back."""

import numpy as np
import pytest

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.made import note_made
from tests.unit.integrations.napari.session.restoring import ViewerModel, names, restored, saved

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]


def adding(*, is_quick: bool, replaces: bool = False) -> ViewerModel:
    """A viewer of a script that adds a layer once another changes, or puts it there anew."""
    viewer = ViewerModel()
    points = viewer.add_points([[1, 1]], name="pts")

    def add() -> None:
        if replaces and "derived" in viewer.layers:
            viewer.layers.remove("derived")
        if "derived" not in viewer.layers:
            viewer.add_labels(np.zeros((9, 9), int), name="derived")

    points.events.data.connect(add)
    if is_quick:
        add()
    note_made(viewer.layers)
    return viewer


@pytest.mark.parametrize("is_below", [False, True])
@pytest.mark.parametrize("replaces", [False, True])
@pytest.mark.parametrize(("is_made", "is_quick"), [(False, False), (True, False), (True, True)])
def test_it_is_what_was_saved_of_it_and_there_once(
    blocks: Blocks, is_made: bool, is_quick: bool, replaces: bool, is_below: bool
) -> None:
    viewer = adding(is_quick=is_made, replaces=replaces)
    viewer.layers["pts"].data = [[1, 1], [2, 2]]
    viewer.layers["derived"].paint((3, 3), 9)
    if is_below:
        viewer.layers.move(1, 0)
    before = names(viewer)
    for _ in range(3):
        script = adding(is_quick=is_quick, replaces=replaces)
        viewer, told, kept = restored(saved(viewer, blocks), blocks, script)
        assert (names(viewer), told.missing, kept) == (before, [], [])
        assert viewer.layers["derived"].data[3, 3] == 9


def test_under_another_command_it_is_another(blocks: Blocks) -> None:
    document = saved(adding(is_quick=True), blocks)
    viewer, _, _ = restored(document, blocks, adding(is_quick=True), same_command=False)
    assert sorted(names(viewer)) == ["derived", "derived [1]", "pts", "pts [1]"]
