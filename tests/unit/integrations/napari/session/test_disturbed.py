"""Scripts that have layers follow each other, whose session is put back one by one."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.made import note_made
from tests.unit.integrations.napari.session.restoring import names, restored, saved

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari.components import ViewerModel

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]
SQUARE = np.array([[0, 0], [0, 5], [5, 5], [5, 0]])


def new_data(layer: Any, count: int) -> None:
    layer.data = np.full((9, 9), count)


def new_points(layer: Any, count: int) -> None:
    layer.data = np.full((count, 2), count)


def new_shapes(layer: Any, count: int) -> None:
    layer.data = [SQUARE] * count


def stroke(layer: Any, count: int) -> None:
    layer.paint((3, 3), count)


def new_values(layer: Any, count: int) -> None:
    layer.data_setitem(tuple(np.mgrid[0:9, 0:9].reshape(2, -1)), count)


def new_look(layer: Any, count: int) -> None:
    layer.opacity, layer.blending, layer.scale = count / 10, "opaque", (count, count)


FOLLOWS: dict[str, tuple[str, Any, Callable[[Any, int], None]]] = {
    "labels": ("add_labels", np.zeros((9, 9), int), new_data),
    "image": ("add_image", np.zeros((9, 9)), new_data),
    "points": ("add_points", np.zeros((1, 2)), new_points),
    "shapes": ("add_shapes", [SQUARE], new_shapes),
    "stroke": ("add_labels", np.zeros((9, 9), int), stroke),
    "values": ("add_labels", np.zeros((9, 9), int), new_values),
    "look": ("add_image", np.zeros((9, 9)), new_look),
}


def script(how: str, *, is_below: bool) -> ViewerModel:
    """A viewer in which a layer follows points, and lies below them or above."""
    viewer = ViewerModel()
    add, data, follow = FOLLOWS[how]

    def add_follower() -> None:
        getattr(viewer, add)(np.copy(data) if isinstance(data, np.ndarray) else data, name="one")

    if is_below:
        add_follower()
    points = viewer.add_points([[1, 1]], name="pts")
    points.events.data.connect(lambda: follow(viewer.layers["one"], len(points.data)))
    if not is_below:
        add_follower()
    note_made(viewer.layers)
    return viewer


def edit(layer: Any, how: str) -> None:
    """What its user does with a layer that follows another."""
    if how in ("points", "shapes"):
        layer.add([[7, 7]] if how == "points" else SQUARE + 1)
    elif how == "look":
        layer.opacity, layer.blending, layer.scale = 0.75, "additive", (9, 9)
    else:
        layer.data[0, 0] = 9


def records(viewer: ViewerModel, blocks: Blocks) -> list[dict[str, Any]]:
    found = saved(viewer, blocks)["layers"]
    return [{key: value for key, value in one.items() if key != "made"} for one in found]


@pytest.mark.parametrize("is_below", [True, False])
@pytest.mark.parametrize("how", FOLLOWS)
def test_a_layer_that_follows_another_is_what_was_saved_of_it(
    blocks: Blocks, how: str, is_below: bool
) -> None:
    viewer = script(how, is_below=is_below)
    viewer.layers["pts"].data = [[1, 1], [2, 2]]
    edit(viewer.layers["one"], how)
    before, document = records(viewer, blocks), saved(viewer, blocks)
    for _ in range(2):
        viewer = script(how, is_below=is_below)
        held = [*viewer.layers]
        viewer, told, kept = restored(document, blocks, viewer)
        assert ([*viewer.layers], told.missing, kept) == (held, [], [])
        assert records(viewer, blocks) == before
        document = saved(viewer, blocks)


def test_nothing_is_put_back_twice_where_nothing_follows(blocks: Blocks) -> None:
    def made() -> ViewerModel:
        viewer = ViewerModel()
        viewer.add_labels(np.zeros((9, 9), int), name="low")
        viewer.add_points(np.ones((3, 2)), name="pts", size=[1, 2, 3], face_color="red")
        viewer.add_image(np.ones((9, 9)), name="up")
        note_made(viewer.layers)
        return viewer

    viewer = made()
    viewer.layers["up"].scale = (3, 3)
    viewer.dims.ndisplay = 3
    document, viewer = saved(viewer, blocks), made()
    told: list[str] = []
    for name in ("low", "up"):
        viewer.layers[name].events.data.connect(lambda event: told.append(event.source.name))
    restored(document, blocks, viewer)
    assert told == names(viewer)[::2] == ["low", "up"]
