"""The layers that records of a session are found to be, in the viewer and in their files."""

import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from desktopd.integrations.napari import layers
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.made import note_made
from desktopd.integrations.napari.session.reading import INDEX
from desktopd.integrations.napari.session.restored import KEPT
from tests.unit.integrations.napari.session.restoring import names, restored, saved

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari.components import ViewerModel
    from napari.layers import Layer

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]


@pytest.mark.parametrize("how", ["from the command line", "read again"])
def test_each_channel_is_the_one_that_it_was(blocks: Blocks, cells: Path, how: str) -> None:
    viewer = ViewerModel()
    viewer.open(cells, channel_axis=0)
    del viewer.layers[0]
    viewer.layers[0].name, viewer.layers[1].name = "DAPI", "GFP"
    viewer.layers.move(0, 2)
    document = saved(viewer, blocks)
    for _ in range(2):
        viewer = ViewerModel()
        if how == "from the command line":
            viewer.open(cells, channel_axis=0)
        viewer, told, _ = restored(document, blocks, viewer)
        assert (told.missing, names(viewer)) == ([], ["GFP", "DAPI"])
        channels = tifffile.imread(cells)
        assert np.array_equal(viewer.layers["DAPI"].data, channels[1])
        assert np.array_equal(viewer.layers["GFP"].data, channels[2])
        # The second time what was put back is.
        document = saved(viewer, blocks)


def test_a_file_is_read_once_for_all_its_layers_or_as_often_as_it_was_opened(
    blocks: Blocks, cells: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = ViewerModel()
    for _ in range(2):
        viewer.open(cells, channel_axis=0)
    del viewer.layers[1]
    viewer.layers[4].translate = (0, 70)
    document = saved(viewer, blocks)
    times: list[Any] = []
    opens = ViewerModel.open
    monkeypatch.setattr(ViewerModel, "open", lambda *a, **k: times.append(a) or opens(*a, **k))
    after, told, _ = restored(document, blocks)
    assert (told.missing, names(after), len(times)) == ([], names(viewer), 2)
    assert [layer.translate[1] for layer in after.layers] == [0, 0, 0, 0, 70]
    for layer, channel in zip(after.layers, (0, 2, 0, 1, 2), strict=True):
        assert np.array_equal(layer.data, tifffile.imread(cells)[channel])
    # Of another shape now, it holds none of them; it is read once to see that.
    tifffile.imwrite(cells, np.zeros((3, 32, 32), np.uint8))
    _, told, kept = restored(document, blocks)
    assert (len(times), len(kept), told.layers) == (3, 5, [])
    assert all("holds no such layer (kept" in one["reason"] for one in told.missing)


def test_a_session_that_tells_no_index_is_matched_by_name(blocks: Blocks, cells: Path) -> None:
    viewer = ViewerModel()
    viewer.open(cells, channel_axis=0, name=["a", "b", "c"])
    del viewer.layers[0]
    document = saved(viewer, blocks)
    for record in document["layers"]:
        del record["source"][INDEX]
    viewer, told, _ = restored(document, blocks)
    assert (names(viewer), told.missing) == (["b", "c"], [])
    assert np.array_equal(viewer.layers["c"].data, tifffile.imread(cells)[2])


def test_labels_of_a_file_that_were_edited_stay_that_layer_of_that_file(
    blocks: Blocks, cells: Path
) -> None:
    viewer = ViewerModel()
    viewer.open(cells, layer_type="labels", opacity=0.5)
    viewer.layers["cells"].paint((1, 5, 5), 7)
    sources = [record["source"] for record in saved(viewer, blocks)["layers"]]
    for _ in range(2):
        viewer, told, _ = restored(saved(viewer, blocks), blocks)
        assert (names(viewer), told.unsaved) == (["cells"], ["cells"])
        assert [record["source"] for record in saved(viewer, blocks)["layers"]] == sources
        assert viewer.layers["cells"].data[1, 5, 5] == 7


def test_samples_are_opened_again(blocks: Blocks) -> None:
    viewer = ViewerModel()
    viewer.open_sample("napari", "balls_2d")
    sources = [record["source"] for record in saved(viewer, blocks)["layers"]]
    assert [source[INDEX] for source in sources] == [*range(len(sources))]
    viewer, told, _ = restored(saved(viewer, blocks), blocks)
    assert told.missing == []
    assert [record["source"] for record in saved(viewer, blocks)["layers"]] == sources


@pytest.mark.parametrize("change", ["shape", "reader"])
def test_what_the_command_opens_stays_where_the_session_has_nothing_in_its_place(
    blocks: Blocks, cells: Path, change: str
) -> None:
    viewer = ViewerModel()
    viewer.open(cells, channel_axis=0, name="channel")
    viewer.add_points(np.zeros((1, 2)), name="point")
    document = saved(viewer, blocks)
    if change == "shape":
        tifffile.imwrite(cells, np.zeros((4, 32, 32), np.uint8))
    else:
        for record in document["layers"][:3]:
            record["source"]["plugin"] = "gone"
    for _ in range(2):
        viewer = ViewerModel()
        viewer.open(cells, channel_axis=0, name="channel")
        opened = list(viewer.layers)
        viewer, told, kept = restored(document, blocks, viewer)
        assert [layer for layer in viewer.layers if layer.name != "point"] == opened
        assert (told.layers[-1], len(kept), len(told.missing[:3])) == ("point", 3, 3)
        # The next time it is there as it is now, and as it was is still asked for.
        document = {**saved(viewer, blocks), "unrestored": kept}


@pytest.mark.parametrize("lost", [None, "it is in no file"])
def test_what_a_script_makes_stays_where_the_session_cannot_replace_it(
    blocks: Blocks, lost: str | None
) -> None:
    viewer = ViewerModel()
    viewer.add_image(np.ones((64, 64)), name="paint")
    viewer.add_points(np.zeros((1, 2)), name="deleted")
    note_made(viewer.layers)
    del viewer.layers["deleted"]
    document = saved(viewer, blocks)
    document["layers"][0] |= {"data": None if lost else {"$no": 1}, "lost": lost}
    viewer = ViewerModel()
    viewer.add_labels(np.zeros((64, 64), int), name="paint")
    viewer.add_points(np.zeros((1, 2)), name="deleted")
    viewer, told, kept = restored(document, blocks, viewer)
    assert (names(viewer), kept) == (["paint"], document["layers"])
    (missing,) = told.missing
    assert missing["reason"].endswith(KEPT)
    assert missing["reason"].startswith(lost or "ValueError")


def test_what_is_set_of_a_script_s_layer_is_there_once_the_script_makes_it_again(
    blocks: Blocks,
) -> None:
    viewer = ViewerModel()
    viewer.add_image(np.ones((64, 64)), name="big", opacity=0.25)
    note_made(viewer.layers)
    document = saved(viewer, blocks)
    document["layers"][0] |= {"data": None, "lost": "its 99 MiB are in no file"}
    # The script fails once, and then another one is given.
    for same_command in (True, False):
        viewer, told, kept = restored(document, blocks, same_command=same_command)
        assert (names(viewer), [one["name"] for one in told.missing]) == ([], ["big"])
        assert len(kept) == 1
        document = {**saved(viewer, blocks), "unrestored": kept}
    viewer = ViewerModel()
    layer = viewer.add_image(np.ones((64, 64)), name="big")
    _, told, kept = restored(document, blocks, viewer)
    assert (layer.opacity, told.layers, kept) == (0.25, ["big"], [])


def test_what_nobody_makes_again_is_told_once(blocks: Blocks) -> None:
    viewer = ViewerModel()
    viewer.add_image(np.ones((64, 64)), name="computed")
    document = saved(viewer, blocks)
    document["layers"][0] |= {"data": None, "lost": "it is in no file"}
    _, told, kept = restored(document, blocks)
    assert (told.missing, kept) == ([{"name": "computed", "reason": "it is in no file"}], [])


def test_a_layer_that_cannot_be_drawn_takes_no_other_with_it(
    blocks: Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = ViewerModel()
    viewer.add_labels(np.ones((64, 64), int), name="paint")
    note_made(viewer.layers)
    document = saved(viewer, blocks)
    viewer = ViewerModel()
    opened = viewer.add_points(np.zeros((1, 2)), name="paint")

    def refuse(viewer: ViewerModel, layer: Layer) -> None:
        viewer.layers.append(layer)
        raise MemoryError

    monkeypatch.setattr(ViewerModel, "add_layer", refuse)
    viewer, _, kept = restored(document, blocks, viewer)
    assert ([*viewer.layers], kept) == ([opened], document["layers"])


@pytest.mark.parametrize("name", ["cells", "renamed"])
def test_a_stack_of_a_session_that_tells_no_files_is_the_one_that_is_open(
    blocks: Blocks, cells: Path, name: str
) -> None:
    shutil.copy(cells, cells.with_name("cells2.tif"))
    files = [str(cells), str(cells.with_name("cells2.tif"))]
    viewer = ViewerModel()
    viewer.open(files, stack=True, name=name)
    viewer.layers[0].gamma = 0.5
    document = saved(viewer, blocks)
    (record,) = document["layers"]
    record["source"] = {key: record["source"][key] for key in ("path", "plugin")}
    viewer = ViewerModel()
    viewer.open(files, stack=True)
    (opened,) = viewer.layers
    viewer, told, kept = restored(document, blocks, viewer)
    assert ([*viewer.layers], told.missing, kept) == ([opened], [], [])
    assert (opened.name, opened.gamma) == (name, 0.5)


def test_what_another_command_makes_is_not_what_the_session_calls_so(blocks: Blocks) -> None:
    viewer = ViewerModel()
    viewer.add_labels(np.ones((5, 5), int), name="paint")
    document = saved(viewer, blocks)
    viewer = ViewerModel()
    viewer.add_labels(np.zeros((50, 50), int), name="paint")
    viewer.add_points(np.zeros((1, 2)), name="other")
    viewer, told, _ = restored(document, blocks, viewer, same_command=False)
    assert (names(viewer), told.layers) == (["paint", "other", "paint [1]"], ["paint"])
    assert [layer.data.shape for layer in viewer.layers] == [(50, 50), (1, 2), (5, 5)]
    # Of two of that name, it is the one that was active.
    assert viewer.layers.selection.active is viewer.layers["paint [1]"]


def script(*names: str, cells: Path | None = None) -> ViewerModel:
    viewer = ViewerModel()
    if cells is not None:
        viewer.open(sorted(cells.parent.glob("*.tif")), layer_type="image")
    for name in names:
        viewer.add_points(np.zeros((1, 2)), name=name)
    note_made(viewer.layers)
    return viewer


def test_what_the_edited_script_newly_makes_or_finds_is_there(blocks: Blocks, cells: Path) -> None:
    shutil.copy(cells, cells.with_name("gone.tif"))
    viewer = script("a", "b", "c", cells=cells)
    for name in ("a", "gone"):
        del viewer.layers[name]
    viewer.layers["b"].name = "mine"
    document = saved(viewer, blocks)
    shutil.copy(cells, cells.with_name("new.tif"))
    for _ in range(2):
        viewer = script("a", "b", "new points", "c", cells=cells)
        viewer, told, kept = restored(document, blocks, viewer)
        assert names(viewer) == ["new", "new points", "cells", "mine", "c"]
        assert (told.missing, kept) == ([], [])
    # The second time they have been there, and may be removed.
    document = saved(viewer, blocks)
    for name in ("new", "new points"):
        del viewer.layers[name]
    document = saved(viewer, blocks)
    viewer = script("a", "b", "new points", "c", cells=cells)
    assert names(restored(document, blocks, viewer)[0]) == ["cells", "mine", "c"]


@pytest.mark.parametrize("begun", [None, 3, "none"])
def test_a_session_that_does_not_tell_what_the_command_had_removes_what_it_has_not(
    blocks: Blocks, begun: Any
) -> None:
    viewer = script("a", "b")
    del viewer.layers["a"]
    document = saved(viewer, blocks)
    document["view"]["begun"] = begun
    if begun == "none":
        del document["view"]["begun"]
    assert names(restored(document, blocks, script("a", "b"))[0]) == ["b"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_layer_that_is_removed_while_a_file_is_read_keeps_no_other_from_coming_back(
    blocks: Blocks, cells: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    viewer = script("a", "paint")
    viewer.open(cells)
    viewer.layers.selection.active = viewer.layers["paint"]
    viewer.layers["paint"].data = np.ones((3, 2))
    viewer.layers.move(2, 0 if when == "before" else 3)
    document = saved(viewer, blocks)
    read = ViewerModel.open

    def remove(viewer: ViewerModel, *given: Any, **named: Any) -> Any:
        found = read(viewer, *given, **named)
        # As a timer of the script, or its user, may while napari waits for a reader.
        del viewer.layers["paint"]
        return found

    monkeypatch.setattr(ViewerModel, "open", remove)
    viewer, told, kept = restored(document, blocks, script("a", "paint"))
    assert (told.missing, kept, told.camera) == ([], [], True)
    # What was removed before it had its data is there with these.
    assert names(viewer) == (["cells", "a", "paint"] if when == "before" else ["a", "cells"])
    assert when == "after" or viewer.layers["paint"].data.shape == (3, 2)


def test_a_layer_that_does_not_tell_what_it_is_is_no_matter_of_others(
    blocks: Blocks, cells: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(cells, cells.with_name("odd.tif"))
    viewer = script("a", cells=cells)
    viewer.layers["cells"].gamma = 0.5
    document = saved(viewer, blocks)
    shape = layers.shape

    def refuse(layer: Layer) -> list[int]:
        if layer.name.startswith("odd"):
            raise RuntimeError
        return shape(layer)

    monkeypatch.setattr(layers, "shape", refuse)
    viewer, told, kept = restored(document, blocks, script("a", cells=cells))
    assert (told.layers, viewer.layers["cells"].gamma) == (["cells", "a"], 0.5)
    assert [record["name"] for record in kept] == ["odd"]
