"""What of a viewer comes back beside its layers."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session import links
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.made import note_made
from tests.unit.integrations.napari.session.restoring import restored, saved

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari.components import ViewerModel
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


@pytest.mark.parametrize("is_told", [False, True])
def test_of_layers_that_a_script_links_each_is_what_it_was(
    blocks: Blocks, tmp_path: Path, is_told: bool
) -> None:
    (tmp_path / "file").write_bytes(bytes(64))

    def script(*opacities: float) -> ViewerModel:
        viewer = ViewerModel()
        file = np.memmap(tmp_path / "file", mode="r", shape=(8, 8))
        pair = [viewer.add_image(file, opacity=opacity) for opacity in opacities]
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
