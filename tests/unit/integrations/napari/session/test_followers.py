"""Scripts that have layers follow each other, and the view, while their session is put back."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session import blocks as read_by
from desktopd.integrations.napari.session.blocks import Blocks, read_block
from desktopd.integrations.napari.session.made import note_made
from desktopd.integrations.napari.session.restored import KEPT
from tests.unit.integrations.napari.session.restoring import ViewerModel, names, restored, saved

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


def new_sizes(layer: Any, count: int) -> None:
    layer.size, layer.shown, layer.metadata = [count] * 3, [False] * 3, {"count": count}
    layer.bounding_box.visible, layer.features = False, {"kind": [count] * 3}


def new_outlines(layer: Any, count: int) -> None:
    layer.edge_width, layer.z_index, layer.shape_type = [count], [count], ["path"]


def new_in_place(layer: Any, count: int) -> None:
    layer.data[:] = count
    layer.refresh()


FOLLOWS: dict[str, tuple[str, Any, Callable[[Any, int], None]]] = {
    "labels": ("add_labels", np.zeros((9, 9), int), new_data),
    "image": ("add_image", np.zeros((9, 9)), new_data),
    "points": ("add_points", np.zeros((1, 2)), new_points),
    "shapes": ("add_shapes", [SQUARE], new_shapes),
    "stroke": ("add_labels", np.zeros((9, 9), int), stroke),
    "values": ("add_labels", np.zeros((9, 9), int), new_values),
    "look": ("add_image", np.zeros((9, 9)), new_look),
    "sizes": ("add_points", np.zeros((3, 2)), new_sizes),
    "outlines": ("add_shapes", [SQUARE], new_outlines),
    "in place": ("add_labels", np.zeros((9, 9), int), new_in_place),
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
    elif how == "sizes":
        layer.size, layer.shown, layer.metadata = [7, 8, 9], [True, False, True], {"count": 9}
        layer.bounding_box.visible, layer.features = True, {"kind": [4, 5, 6]}
    elif how == "outlines":
        layer.edge_width, layer.z_index, layer.shape_type = [5], [6], ["rectangle"]
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


def chain(order: str, *, is_circle: bool) -> ViewerModel:
    """A viewer whose labels follow points, and an image those; in a circle, labels the image."""
    viewer, following = ViewerModel(), []
    add: dict[str, Callable[[], Any]] = {
        "p": lambda: viewer.add_points([[1, 1]], name="p"),
        "l": lambda: viewer.add_labels(np.zeros((9, 9), int), name="l"),
        "i": lambda: viewer.add_image(np.zeros((9, 9)), name="i"),
    }
    for name in order:
        add[name]()
    points, labels, image = (viewer.layers[name] for name in "pli")

    def follow(layer: Any, change: Callable[[], None]) -> None:
        def once() -> None:
            if not following:
                following.append(layer)
                change()
                following.clear()

        layer.events.data.connect(once if is_circle else change)

    follow(points, lambda: setattr(labels, "data", np.full((9, 9), len(points.data))))
    follow(labels, lambda: setattr(image, "data", labels.data + 1.0))
    if is_circle:
        follow(image, lambda: setattr(labels, "data", image.data.astype(int) + 1))
    note_made(viewer.layers)
    return viewer


@pytest.mark.parametrize("is_circle", [False, True])
@pytest.mark.parametrize("order", ["pli", "pil", "lpi", "lip", "ipl", "ilp"])
def test_layers_that_follow_each_other_are_what_was_saved_of_each(
    blocks: Blocks, order: str, is_circle: bool
) -> None:
    viewer = chain(order, is_circle=is_circle)
    viewer.layers["p"].data = [[1, 1], [2, 2]]
    viewer.layers["l"].data[0, 0], viewer.layers["i"].data[0, 0] = 7, 0.5
    before, document = records(viewer, blocks), saved(viewer, blocks)
    for _ in range(2):
        viewer = chain(order, is_circle=is_circle)
        viewer, told, kept = restored(document, blocks, viewer)
        assert (told.missing, kept) == ([], [])
        assert records(viewer, blocks) == before
        document = saved(viewer, blocks)


def test_a_script_that_shows_what_the_dims_are_at_takes_nothing_of_what_was_saved(
    blocks: Blocks,
) -> None:
    def made() -> ViewerModel:
        viewer = ViewerModel()
        image = viewer.add_image(np.zeros((9, 9)), name="frame")
        paint = viewer.add_labels(np.zeros((5, 9, 9), int), name="paint")
        note_made(viewer.layers)

        def show() -> None:
            image.data = np.full((9, 9), viewer.dims.current_step[0])
            paint.data = np.zeros((5, 9, 9), int)
            viewer.reset_view()

        viewer.dims.events.current_step.connect(show)
        return viewer

    viewer = made()
    viewer.dims.set_current_step(0, 3)
    viewer.layers["paint"].paint((3, 3, 3), 9)
    viewer.camera.zoom = 7
    document = saved(viewer, blocks)
    document["layers"][0] |= {"data": None, "lost": "it is in no file"}
    viewer, _, _ = restored(document, blocks, made())
    assert viewer.dims.current_step[0] == 3
    assert viewer.layers["frame"].data[0, 0] == 3
    assert viewer.layers["paint"].data[3, 3, 3] == 9
    assert viewer.camera.zoom == 7


def test_layers_that_are_linked_are_each_what_was_saved_of_it(blocks: Blocks) -> None:
    def made() -> ViewerModel:
        viewer = ViewerModel()
        low = viewer.add_labels(np.zeros((9, 9), int), name="low")
        viewer.add_labels(np.zeros((9, 9), int), name="up")
        points = viewer.add_points([[1, 1]], name="p")
        points.events.data.connect(lambda: setattr(low, "opacity", 0.1))
        note_made(viewer.layers)
        return viewer

    viewer = made()
    viewer.layers["p"].data = [[2, 2]]
    viewer.layers["low"].opacity, viewer.layers["up"].opacity = 0.25, 0.5
    viewer.layers.link_layers([*viewer.layers][:2], ["opacity"])
    before, document = records(viewer, blocks), saved(viewer, blocks)
    viewer, _, _ = restored(document, blocks, made())
    assert records(viewer, blocks) == before
    told: list[Any] = []
    viewer.layers["up"].events.opacity.connect(told.append)
    viewer.layers["low"].opacity = 0.75
    assert (viewer.layers["up"].opacity, len(told)) == (0.75, 1), "they are linked once"


def test_an_array_that_a_script_takes_as_it_hears_of_it_stays_the_layer_s(blocks: Blocks) -> None:
    def made() -> tuple[ViewerModel, list[Any]]:
        viewer, taken = ViewerModel(), []
        layer = viewer.add_labels(np.zeros((9, 9), int), name="paint")
        layer.events.data.connect(lambda: taken.append(layer.data))
        note_made(viewer.layers)
        return viewer, taken

    viewer, _ = made()
    viewer.layers["paint"].paint((3, 3), 9)
    viewer, taken = made()
    restored(saved(viewer, blocks), blocks, viewer)
    assert taken[-1] is viewer.layers["paint"].data


def test_an_image_that_its_script_makes_no_more_is_what_was_saved(blocks: Blocks) -> None:
    def made(*names: str) -> ViewerModel:
        viewer = ViewerModel()
        for name in names:
            viewer.add_image(np.ones((9, 9)), name=name)
        note_made(viewer.layers)
        return viewer

    document, viewer = saved(made("one", "two"), blocks, untouched=True), made("one")
    assert all(one["untouched"] for one in document["layers"])
    viewer.layers.events.inserted.connect(lambda event: new_data(event.value, 5))
    viewer, _, kept = restored(document, blocks, viewer)
    assert (names(viewer), kept) == (["one", "two"], [])
    assert viewer.layers["two"].data[0, 0] == 1


def test_what_a_disk_gives_once_more_is_back(
    blocks: Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def read_later(path: Path) -> Any:
        read.append(path)
        if len(read) == 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return read_block(path)

    viewer = ViewerModel()
    viewer.add_points(np.ones((1000, 2)), size=np.arange(1, 1001), name="pts")
    document, viewer = saved(viewer, blocks), ViewerModel()
    monkeypatch.setattr(read_by, "read_block", read_later)
    viewer.layers.events.inserted.connect(lambda event: None)
    viewer, _, kept = restored(document, blocks, viewer)
    assert (viewer.layers["pts"].size[-1], kept) == (1000, [])


def test_what_a_disk_does_not_give_once_more_is_kept_and_told(
    blocks: Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    away: list[Any] = []

    def read(path: Path) -> Any:
        if away:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return read_block(path)

    monkeypatch.setattr(read_by, "read_block", read)
    viewer = script("labels", is_below=True)
    viewer.layers["pts"].data = [[1, 1], [2, 2]]
    edit(viewer.layers["one"], "labels")
    document, viewer = saved(viewer, blocks), script("labels", is_below=True)
    viewer.layers["pts"].events.data.connect(away.append)
    viewer, told, kept = restored(document, blocks, viewer)
    assert kept == document["layers"]
    assert [one["name"].partition(":")[0] for one in told.missing] == ["one", "pts"]
    assert all(one["reason"].endswith(KEPT) for one in told.missing)
    away.clear()
    document = {**saved(viewer, blocks), "unrestored": kept}
    viewer, told, kept = restored(document, blocks, script("labels", is_below=True))
    assert (told.missing, kept) == ([], [])
    assert viewer.layers["one [1]"].data[0, 0] == 9
