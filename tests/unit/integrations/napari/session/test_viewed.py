"""What of a viewer comes back beside its layers."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session import links, overlays, viewed
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.each import settled
from desktopd.integrations.napari.session.made import note_made
from desktopd.integrations.napari.session.overlays import overlays_of
from desktopd.integrations.napari.view import camera_of, grid_of
from tests.unit.integrations.napari.session.restoring import RNG, restored, saved

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari.components import ViewerModel
    from napari.layers.utils import _link_layers
    from napari.layers.utils._link_layers import get_linked_layers, unlink_layers

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def viewer() -> ViewerModel:
    viewer = ViewerModel()
    for name in "abcd":
        viewer.add_points(np.zeros((1, 2)), name=name)
    return viewer


@pytest.mark.parametrize("chosen", ["", "b", "bd", "abcd"])
def test_what_is_selected_is_so_again(viewer: ViewerModel, blocks: Blocks, chosen: str) -> None:
    viewer.layers.selection = {viewer.layers[name] for name in chosen}
    active = viewer.layers.selection.active
    again = restored(saved(viewer, blocks), blocks)[0].layers
    assert {layer.name for layer in again.selection} == set(chosen)
    assert again.selection.active is (None if active is None else again[active.name])


def linked(viewer: ViewerModel) -> dict[str, set[str]]:
    return {
        layer.name: {other.name for other in get_linked_layers(layer)} for layer in viewer.layers
    }


def test_layers_are_linked_as_they_were(viewer: ViewerModel, blocks: Blocks) -> None:
    viewer.layers.link_layers([viewer.layers["a"], viewer.layers["b"]], ["opacity"])
    viewer.layers.link_layers([viewer.layers["b"], viewer.layers["c"]], ["visible", "opacity"])
    document = saved(viewer, blocks)
    for _ in range(2):
        again = restored(document, blocks)[0]
        assert linked(again) == {"a": {"b"}, "b": {"a", "c"}, "c": {"b"}, "d": set()}
        again.layers["a"].visible = False
        assert again.layers["b"].visible
        again.layers["b"].visible = False
        assert not again.layers["c"].visible
        again.layers["a"].opacity = 0.5
        assert [layer.opacity for layer in again.layers] == [0.5, 0.5, 0.5, 1]
        for layer in again.layers:
            layer.visible, layer.opacity = True, 1
        document = saved(again, blocks)
    unlink_layers(viewer.layers)
    assert saved(viewer, blocks)["view"]["links"] == []


def test_links_of_another_viewer_are_none_of_this(viewer: ViewerModel, blocks: Blocks) -> None:
    other = ViewerModel()
    pair = [other.add_points(np.zeros((1, 2)), name=name) for name in "ab"]
    other.layers.link_layers(pair)
    assert saved(viewer, blocks)["view"]["links"] == []


def test_of_too_many_links_none_is_kept(
    viewer: ViewerModel, blocks: Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer.layers.link_layers(viewer.layers)
    assert saved(viewer, blocks)["view"]["links"] != []
    monkeypatch.setattr(links, "MOST", 5)
    document = saved(viewer, blocks)
    assert document["view"]["links"] is None
    assert restored(document, blocks)[1].missing == []


def test_a_title_is_what_it_was(viewer: ViewerModel, blocks: Blocks) -> None:
    viewer.title = "mine"
    assert restored(saved(viewer, blocks), blocks)[0].title == "mine"


@pytest.mark.parametrize("key", ["selected", "links", "title"])
@pytest.mark.parametrize("value", [None, 3, "abc", [3], [["opacity"]], [[["no"], [["a", "b"]]]]])
def test_what_is_none_keeps_no_layer_from_coming_back(
    viewer: ViewerModel, blocks: Blocks, key: str, value: Any
) -> None:
    document = saved(viewer, blocks)
    document["view"][key] = value
    assert len(restored(document, blocks)[0].layers) == 4
    del document["view"][key]
    again, told, _ = restored(document, blocks)
    assert len(again.layers) == 4
    assert told.camera
    assert again.title == "napari"


PARTS = ["dims", "overlays", "grid", "camera", "active", "selected", "links", "title"]


def chosen(viewer: ViewerModel) -> dict[str, Any]:
    """What is chosen of each part."""
    active = viewer.layers.selection.active
    grid = grid_of(viewer)
    return {
        "dims": tuple(viewer.dims.axis_labels),
        "overlays": overlays_of(viewer)["canvas.scale_bar"].visible,
        "grid": (grid.enabled, grid.stride),
        "camera": camera_of(viewer).zoom,
        "active": None if active is None else active.name,
        "links": linked(viewer),
        "title": viewer.title,
    }


@pytest.fixture
def chosen_viewer(viewer: ViewerModel) -> ViewerModel:
    viewer.dims.axis_labels = ("a", "b")
    overlays_of(viewer)["canvas.scale_bar"].visible = True
    grid_of(viewer).enabled, grid_of(viewer).stride = True, 2
    viewer.layers.link_layers([viewer.layers["a"], viewer.layers["b"]], ["opacity"])
    viewer.layers.selection.active = viewer.layers["c"]
    viewer.title = "mine"
    camera_of(viewer).zoom = 7
    return viewer


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("value", [3, {"no": 3}, [[3]]])
def test_a_part_of_a_view_that_is_none_takes_no_other_with_it_and_is_told(
    chosen_viewer: ViewerModel, blocks: Blocks, part: str, value: Any
) -> None:
    document = saved(chosen_viewer, blocks)
    document["view"][part] = value
    again, told, kept = restored(document, blocks)
    before, after = chosen(chosen_viewer), chosen(again)
    assert {name for name in before if before[name] != after[name]} <= {part, "active"}
    assert before["active"] == after["active"] or part in ("active", "selected")
    assert (len(told.layers), kept) == (4, [])
    # What is no text is a title all the same, and no overlay is called so.
    names = [one["name"].partition(".")[0] for one in told.missing]
    assert names in ([f"view: {part}"], []) or part == "title"
    assert told.camera is (part != "camera")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("is_told", [object(), None], ids=["no JSON", "raises"])
def test_a_part_of_a_view_that_cannot_be_told_keeps_no_other_from_it(
    chosen_viewer: ViewerModel,
    blocks: Blocks,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    is_told: object,
) -> None:
    def tell(viewer: ViewerModel) -> object:
        if is_told is None:
            raise RuntimeError
        return is_told

    monkeypatch.setitem(viewed.TOLD, part, tell)
    view = saved(chosen_viewer, blocks)["view"]
    assert view.keys() == viewed.TOLD.keys() - {part}


NOT_NAPARI_S: dict[str, Any] = {
    "other keys": {("a", "b"): 1},
    "other kinds": {(3, 4, "opacity"): 1},
    "none": None,
}


@pytest.mark.parametrize("found", NOT_NAPARI_S.values(), ids=NOT_NAPARI_S)
def test_where_nobody_can_tell_links_all_else_is_kept_and_back(
    chosen_viewer: ViewerModel, blocks: Blocks, monkeypatch: pytest.MonkeyPatch, found: Any
) -> None:
    before, document = chosen(chosen_viewer), saved(chosen_viewer, blocks)
    with monkeypatch.context() as another_napari:
        another_napari.setattr(_link_layers, "_UNLINKERS", found)
        others = {name: one for name, one in document["view"].items() if name != "links"}
        assert saved(chosen_viewer, blocks)["view"] == others
        again, told, _ = restored(document, blocks)
    assert len(told.layers) == 4
    assert {**chosen(again), "links": before["links"]} == before


ARRAYS: dict[str, Callable[[Path], Any]] = {
    "a file": lambda path: np.memmap(path, mode="r", shape=(8, 8)),
    "memory": lambda path: np.zeros((8, 8)),
    "another": lambda path: RNG.random((8, 8, 3)),
}


@pytest.mark.parametrize("is_told", [False, True])
@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
def test_of_layers_that_a_script_links_each_is_what_it_was(
    blocks: Blocks, tmp_path: Path, array: Callable[[Path], Any], is_told: bool
) -> None:
    (tmp_path / "file").write_bytes(bytes(64))

    def script(*opacities: float) -> ViewerModel:
        viewer = ViewerModel()
        data = [array(tmp_path / "file") for _ in opacities]
        pair = [
            viewer.add_image(one, opacity=opacity, rgb=one.ndim == 3)
            for one, opacity in zip(data, opacities, strict=True)
        ]
        note_made(viewer.layers)
        viewer.layers.link_layers(pair, ["opacity"])
        return viewer

    document = saved(script(0.25, 0.75), blocks)
    if not is_told:
        del document["view"]["links"]
    again = restored(document, blocks, script(1, 1))[0]
    assert [layer.opacity for layer in again.layers] == [0.25, 0.75]
    again.layers[0].opacity = 0.5
    # One of before tells of no links: those of the script count.
    assert again.layers[1].opacity == 0.5


@pytest.mark.parametrize("dims", [{}, {"dims": 3}])
def test_a_script_s_links_of_which_the_session_cannot_know_stay(
    blocks: Blocks, dims: dict[str, Any]
) -> None:
    def script(*names: str) -> ViewerModel:
        viewer = ViewerModel()
        for name in names:
            viewer.add_points(np.zeros((1, 2)), name=name)
        note_made(viewer.layers)
        viewer.layers.link_layers(viewer.layers, ["opacity"])
        return viewer

    viewer = script("a", "b")
    unlink_layers(viewer.layers)
    document = saved(viewer, blocks)
    document["view"] |= dims
    again = restored(document, blocks, script("a", "b", "new"))[0]
    # What its user has unlinked stays so.
    assert linked(again) == {"a": {"new"}, "b": {"new"}, "new": {"a", "b"}}


def test_an_overlay_that_holds_anything_is_left_out(
    viewer: ViewerModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Odd:
        def model_dump(self, **_: object) -> Any:
            raise TypeError("an object")

    found = {"own.odd": Odd(), **overlays_of(viewer)}
    monkeypatch.setattr(overlays, "overlays_of", lambda _: found)
    told, _ = settled(overlays.describe_overlays(viewer), None)
    assert told.keys() == found.keys() - {"own.odd"}
