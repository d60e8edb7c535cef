"""Layers that a script holds, which are the session's again, and stay those that it holds."""

import contextlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.made import note_made
from tests.unit.integrations.napari.session.restoring import RNG, names, restored, saved

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari import layers
    from napari.components import ViewerModel

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]


def viewer_of(*made: Any) -> ViewerModel:
    viewer = ViewerModel()
    for layer in made:
        viewer.add_layer(layer)
    note_made(viewer.layers)
    return viewer


def corners(count: int) -> list[Any]:
    return [np.array([[0, 0], [0, 9], [9, 9], [9, 0]]) + number for number in range(count)]


def shapes(count: int) -> Any:
    kinds = ["ellipse", "rectangle", "polygon", "line", "path"]
    ends = [2 if kind == "line" else 4 for kind in kinds]
    data = [one[:end] for one, end in zip(corners(count), ends, strict=False)]
    return layers.Shapes(data, shape_type=kinds[:count], features={"q": range(count)})


def tracks(count: int) -> Any:
    data = np.stack([np.arange(count) // 2, *RNG.integers(0, 9, (3, count))], axis=1)
    return layers.Tracks(data, features={"speed": RNG.random(count)}, color_by="speed")


def surface(count: int) -> Any:
    faces = np.array([[0, 1, 2]])
    return layers.Surface((RNG.random((count, 3)), faces, RNG.random(count)))


OF_SIZE: dict[str, Callable[[int], Any]] = {
    "image": lambda size: layers.Image(RNG.random((size, 9))),
    "colours": lambda size: layers.Image(RNG.random((size, 9, 3)), rgb=True),
    "levels": lambda size: layers.Image([RNG.random((32 * size, 64)), RNG.random((size, 8))]),
    "labels": lambda size: layers.Labels(RNG.integers(0, 9, (size, 9))),
    "volume": lambda size: layers.Labels(RNG.integers(0, 9, (9,) * (size - 1))),
    "points": lambda size: layers.Points(
        RNG.random((size, 2)), features={"q": RNG.random(size)}, face_color="q", text="{q}"
    ),
    "shapes": shapes,
    "surface": surface,
    "tracks": tracks,
    "vectors": lambda size: layers.Vectors(RNG.random((size, 2, 2)), edge_color="red"),
}


def record(viewer: ViewerModel, blocks: Blocks) -> dict[str, Any]:
    (found,) = saved(viewer, blocks)["layers"]
    return {key: value for key, value in found.items() if key != "made"}


@pytest.mark.parametrize("size", [3, 4, 5])
@pytest.mark.parametrize("kind", OF_SIZE)
def test_a_script_s_layer_is_the_session_s_whatever_it_had(
    blocks: Blocks, kind: str, size: int
) -> None:
    viewer = viewer_of(OF_SIZE[kind](4))
    viewer.layers[0].name = "mine"
    before, document = record(viewer, blocks), saved(viewer, blocks)
    for _ in range(2):
        layer = OF_SIZE[kind](size)
        viewer, told, kept = restored(document, blocks, viewer_of(layer))
        assert ([*viewer.layers], told.missing, kept) == ([layer], [], [])
        assert record(viewer, blocks) == before
        # The second time what was put back is.
        document = saved(viewer, blocks)


@pytest.mark.parametrize("had", [0, 3])
@pytest.mark.parametrize("has", [0, 3])
@pytest.mark.parametrize("kind", ["points", "shapes"])
def test_none_are_none_again(blocks: Blocks, kind: str, had: int, has: int) -> None:
    viewer = viewer_of(OF_SIZE[kind](3))
    layer = viewer.layers[0]
    layer.selected_data = set(range(3 - had))
    layer.remove_selected()
    made = OF_SIZE[kind](3)
    made.selected_data = set(range(3 - has))
    made.remove_selected()
    viewer, told, _ = restored(saved(viewer, blocks), blocks, viewer_of(made))
    assert ([*viewer.layers], told.missing, len(made.data)) == ([made], [], had)


def test_a_script_s_arrays_stay_as_it_fills_them(blocks: Blocks) -> None:
    def script() -> tuple[ViewerModel, Any]:
        array = np.zeros((9, 9), "u1")
        low, up = (layers.Labels(array, name=name) for name in ("low", "up"))
        return viewer_of(low, up, layers.Image(array, name="raw")), array

    viewer, _ = script()
    older = saved(viewer, blocks)["layers"]
    viewer.layers["low"].paint((3, 3), 5)
    document = saved(viewer, blocks)
    # What was painted into one gave no event of the others.
    document["layers"][1:] = older[1:]
    for _ in range(2):
        viewer, array = script()
        held = [*viewer.layers]
        told = restored(document, blocks, viewer)[1]
        assert ([*viewer.layers], told.missing) == (held, [])
        assert (array.max(), *(layer.data.max() for layer in held)) == (0, 5, 0, 0)
        document = saved(viewer, blocks)


OTHER_NOW: dict[str, Callable[[], Any]] = {
    "levels": lambda: layers.Image([np.ones((64, 64, 3)), np.ones((32, 32, 3))], name="raw"),
    "colours": lambda: layers.Image(np.ones((64, 64, 3)), rgb=True, name="raw"),
    "points": lambda: layers.Points(np.zeros((1, 3)), name="raw"),
}


@pytest.mark.parametrize("kind", OTHER_NOW)
def test_what_cannot_become_the_session_s_gives_way_to_it(blocks: Blocks, kind: str) -> None:
    had = layers.Points(np.zeros((1, 2))) if kind == "points" else layers.Image(np.ones((9, 9, 3)))
    viewer = viewer_of(had)
    viewer.layers[0].name = "mine"
    document = saved(viewer, blocks)
    document["layers"][0]["made"]["name"] = "raw"
    for _ in range(2):
        viewer, told, kept = restored(document, blocks, viewer_of(OTHER_NOW[kind]()))
        assert (names(viewer), told.missing, kept) == (["mine"], [], [])
        assert np.array_equal(viewer.layers[0].data, had.data)
        document = saved(viewer, blocks)


@pytest.mark.parametrize("data", ["abc", 3, [], [3], {"a": 1}, {"$array": 3}])
@pytest.mark.parametrize("kind", OF_SIZE)
def test_data_that_are_none_leave_a_script_its_layer(blocks: Blocks, kind: str, data: Any) -> None:
    document = saved(viewer_of(OF_SIZE[kind](3)), blocks)
    document["layers"][0]["data"] = data
    before = record(viewer := viewer_of(layer := OF_SIZE[kind](4)), blocks)
    told = restored(document, blocks, viewer)[1]
    assert [*viewer.layers] == [layer]
    assert (told.layers or [one["name"] for one in told.missing]) == names(viewer)
    assert told.layers or record(viewer, blocks) == before


def test_a_file_s_layer_that_a_script_holds_has_what_took_the_place_of_its_data(
    blocks: Blocks, cells: Path
) -> None:
    def script() -> ViewerModel:
        viewer = ViewerModel()
        viewer.open(cells, name="raw")
        viewer.open(cells, layer_type="labels", name="labels")
        note_made(viewer.layers)
        return viewer

    viewer = script()
    viewer.layers["raw"].data = viewer.layers["raw"].data * 0 + 7
    viewer.layers["labels"].paint((1, 5, 5), 7)
    document = saved(viewer, blocks, replaced={viewer.layers["raw"]: True})
    for _ in range(3):
        viewer = script()
        held = [*viewer.layers]
        viewer, told, _ = restored(document, blocks, viewer)
        assert ([*viewer.layers], told.missing) == (held, [])
        assert (viewer.layers["raw"].data == 7).all()
        assert viewer.layers["labels"].data[1, 5, 5] == 7
        # The second time what was put back is.
        document = saved(viewer, blocks)
    # Where the command opens no such file, it is there all the same.
    viewer, told, _ = restored(document, blocks)
    assert (names(viewer), told.missing) == (["raw", "labels"], [])


def test_a_script_that_failed_once_has_its_layer_again(blocks: Blocks) -> None:
    def script() -> ViewerModel:
        return viewer_of(layers.Labels(np.zeros((9, 9), int), name="seg"))

    viewer = script()
    viewer.layers["seg"].paint((3, 3), 5)
    viewer, _, _ = restored(saved(viewer, blocks), blocks)
    document, viewer = saved(viewer, blocks), script()
    layer = viewer.layers["seg"]
    restored(document, blocks, viewer)
    assert [*viewer.layers] == [layer]
    assert layer.data[3, 3] == 5


@pytest.mark.parametrize("event", ["data", "features"])
@pytest.mark.parametrize("kind", OF_SIZE)
def test_what_a_script_has_connected_costs_it_no_layer(
    blocks: Blocks, kind: str, event: str
) -> None:
    def fail(event: Any = None) -> None:
        raise RuntimeError

    document = saved(viewer_of(OF_SIZE[kind](4)), blocks)
    viewer = viewer_of(layer := OF_SIZE[kind](3))
    if event in layer.events.emitters:
        layer.events[event].connect(fail)
    restored(document, blocks, viewer)
    assert [*viewer.layers] == [layer]
    assert saved(viewer, blocks)["layers"][0]["data"] == document["layers"][0]["data"]
    # Others hear of it as before.
    told: list[Any] = []
    layer.events.data.connect(told.append, position="first")
    with contextlib.suppress(Exception):
        layer.data = layer.data
    assert told


EVENTS = ["data", "name", "opacity", "features"]


@pytest.mark.parametrize("event", EVENTS)
def test_what_a_script_has_connected_keeps_no_other_layer_from_coming_back(
    blocks: Blocks, event: str
) -> None:
    def script() -> ViewerModel:
        return viewer_of(*(layers.Points(np.zeros((1, 2)), name=name) for name in "ab"))

    def fail(event: Any = None) -> None:
        raise RuntimeError

    viewer = script()
    for layer in viewer.layers:
        layer.data, layer.opacity, layer.name = np.ones((1, 2)), 0.25, f"{layer.name} of mine"
        layer.features = {"q": [3.0]}
    document, viewer = saved(viewer, blocks), script()
    getattr(viewer.layers[0].events, event).connect(fail)
    viewer, told, kept = restored(document, blocks, viewer)
    assert (told.layers, kept) == (["a of mine", "b of mine"], [])
    assert names(viewer)[1] == "b of mine"
    assert [(layer.data.max(), layer.opacity) for layer in viewer.layers] == [(1, 0.25)] * 2
    assert len(viewer.layers) == 2


def selected(kind: str, count: int) -> Any:
    layer = OF_SIZE[kind](count)
    layer.selected_data = {count - 1}
    return layer


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("kind", ["points", "shapes"])
def test_what_a_script_has_selected_gets_nothing_of_what_is_current(
    blocks: Blocks, kind: str, count: int
) -> None:
    layer = OF_SIZE[kind](3)
    widths = "border_width" if kind == "points" else "edge_width"
    setattr(layer, widths, [0.1, 0.2, 0.3])
    layer.face_color = ["red", "green", "blue"]
    for name, value in {"face_color": "yellow", "edge_width": 7, "size": 30}.items():
        if hasattr(layer, f"current_{name}"):
            setattr(layer, f"current_{name}", value)
    viewer = viewer_of(layer)
    viewer.layers[0].name = "mine"
    before, document = record(viewer, blocks), saved(viewer, blocks)
    viewer, told, _ = restored(document, blocks, viewer_of(selected(kind, count)))
    assert (record(viewer, blocks), told.missing) == (before, [])


def test_strokes_of_before_are_not_undone_in_what_was_saved(blocks: Blocks) -> None:
    document = saved(viewer_of(layers.Labels(np.full((9, 9), 5), name="seg")), blocks)
    viewer = viewer_of(layer := layers.Labels(np.zeros((9, 9), int), name="seg"))
    layer.paint((3, 3), 2)
    layer.paint((5, 5), 2)
    layer.undo()
    restored(document, blocks, viewer)
    layer.undo()
    layer.redo()
    assert ([*viewer.layers], layer.data.min(), layer.data.max()) == ([layer], 5, 5)
