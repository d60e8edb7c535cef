"""Layers of a napari without a window, saved, and put back into another one."""

import json
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.capture import capture, capture_view
from desktopd.integrations.napari.session.encode_layer import encode_layer
from desktopd.integrations.napari.session.reading import INDEX, note_readings
from desktopd.integrations.napari.session.restore import Restored, Restoring
from desktopd.integrations.napari.session.values import blocks_of

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari.components import ViewerModel
    from napari.layers import Image, Labels, Layer, Points, Shapes, Surface
    from napari.plugins import _initialize_plugins

pytestmark = pytest.mark.filterwarnings("ignore")
RNG = np.random.default_rng(3)


@pytest.fixture(autouse=True, scope="module")
def readings() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_add_layers_with_plugins", "open_sample"):
            patch.setattr(ViewerModel, name, getattr(ViewerModel, name))
        note_readings()
        _initialize_plugins()
        yield


@pytest.fixture
def blocks(tmp_path: Path) -> Blocks:
    return Blocks(tmp_path / "blocks")


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    tifffile.imwrite(tmp_path / "cells.tif", RNG.integers(0, 255, (3, 64, 64), np.uint8))
    return tmp_path / "cells.tif"


def saved(viewer: ViewerModel, blocks: Blocks) -> dict[str, Any]:
    taken = [capture(layer, replaced=False) for layer in viewer.layers]
    records = [json.loads(encode_layer(layer, blocks).text) for layer in taken]
    document = {"layers": records, "view": capture_view(viewer)}
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]


def restored(
    document: dict[str, Any],
    blocks: Blocks,
    viewer: ViewerModel | None = None,
    *,
    same_command: bool = True,
) -> tuple[ViewerModel, Restored, list[dict[str, Any]]]:
    """A viewer with the session, what is told of it, and what is kept for another time."""
    viewer = viewer or ViewerModel()
    restoring = Restoring(viewer, blocks, same_command=same_command)
    told = restoring.run(document)
    return viewer, told, restoring.unrestored


def names(viewer: ViewerModel) -> list[str]:
    return [layer.name for layer in viewer.layers]


def test_what_cannot_be_had_now_is_there_when_it_can(blocks: Blocks, tmp_path: Path) -> None:
    viewer = ViewerModel()
    viewer.add_labels(RNG.integers(0, 9, (64, 64)), name="paint")
    viewer.add_points(np.zeros((1, 2)), name="point")
    document, paint = saved(viewer, blocks), viewer.layers["paint"].data
    (tmp_path / "blocks").rename(tmp_path / "away")
    viewer, told, kept = restored(document, blocks)
    assert names(viewer) == told.layers == ["point"]
    paint_is_missing, colours_are = told.missing
    assert paint_is_missing["name"] == "paint"
    assert paint_is_missing["reason"].endswith("(kept, and tried again at the next start)")
    assert colours_are["name"] == "point: face_colormap, border_colormap"
    again = {**saved(viewer, blocks), "unrestored": kept}
    _, told, still = restored(again, blocks)
    assert (told.layers, still) == (["point"], kept)
    shutil.rmtree(tmp_path / "blocks")
    (tmp_path / "away").rename(tmp_path / "blocks")
    viewer, told, kept = restored(again, blocks)
    assert (names(viewer), told.missing, kept) == (["point", "paint"], [], [])
    assert np.array_equal(viewer.layers["paint"].data, paint)


def test_a_file_is_away_for_a_while(blocks: Blocks, cells: Path) -> None:
    viewer = ViewerModel()
    viewer.open(cells, channel_axis=0, name="channel")
    viewer.layers[1].contrast_limits = (3, 50)
    document = saved(viewer, blocks)
    cells.rename(cells.with_suffix(".away"))
    viewer, told, kept = restored(document, blocks)
    assert (names(viewer), len(kept)) == ([], 3)
    assert all("cells.tif is not there (kept" in one["reason"] for one in told.missing)
    cells.with_suffix(".away").rename(cells)
    viewer, _, kept = restored({**saved(viewer, blocks), "unrestored": kept}, blocks)
    assert (names(viewer), kept) == (["channel", "channel [1]", "channel [2]"], [])
    assert viewer.layers[1].contrast_limits == [3, 50]


@pytest.mark.parametrize("kept", [None, 3, {"a": 1}, ["a"], [{"name": 3}], [{}]])
def test_what_is_kept_may_be_anything(blocks: Blocks, kept: Any) -> None:
    viewer = ViewerModel()
    viewer.add_points(np.zeros((1, 2)), name="point")
    _, told, unrestored = restored({**saved(viewer, blocks), "unrestored": kept}, blocks)
    assert (told.layers, told.missing, unrestored) == (["point"], [], [])


@pytest.mark.parametrize("record", [{}, {"state": 3}, {"data": {"$no": 1}}, {"type": "no"}])
def test_a_record_that_is_none_keeps_no_other_from_coming_back(
    blocks: Blocks, record: dict[str, Any]
) -> None:
    viewer = ViewerModel()
    viewer.add_points(np.zeros((1, 2)), name="point")
    document = saved(viewer, blocks)
    bad = {**document["layers"][0], **record, "name": "bad"} if record else {"name": "bad"}
    viewer, told, unrestored = restored({**document, "layers": [bad, *document["layers"]]}, blocks)
    assert (told.layers, unrestored) == (["point"], [bad])
    assert [one["name"] for one in told.missing] == ["bad"]
    assert names(viewer) == ["point"]


def test_a_view_that_is_none_keeps_no_layer_from_coming_back(blocks: Blocks) -> None:
    viewer = ViewerModel()
    viewer.add_points(np.zeros((1, 2)), name="point")
    _, told, _ = restored({**saved(viewer, blocks), "view": {"dims": 3}}, blocks)
    assert (told.layers, told.camera) == (["point"], False)


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


@pytest.mark.parametrize(("lost", "kept_for_later"), [(None, 1), ("it is in no file", 0)])
def test_what_a_script_makes_stays_where_the_session_cannot_replace_it(
    blocks: Blocks, lost: str | None, kept_for_later: int
) -> None:
    viewer = ViewerModel()
    viewer.add_image(np.ones((64, 64)), name="paint")
    document = saved(viewer, blocks)
    document["layers"][0] |= {"data": None if lost else {"$no": 1}, "lost": lost}
    viewer = ViewerModel()
    viewer.add_labels(np.zeros((64, 64), int), name="paint")
    viewer.add_points(np.zeros((1, 2)), name="deleted")
    viewer, _, kept = restored(document, blocks, viewer)
    assert (names(viewer), len(kept)) == (["paint"], kept_for_later)


def test_a_layer_that_cannot_be_drawn_takes_no_other_with_it(
    blocks: Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = ViewerModel()
    viewer.add_labels(np.ones((64, 64), int), name="paint")
    document = saved(viewer, blocks)
    viewer = ViewerModel()
    opened = viewer.add_labels(np.zeros((64, 64), int), name="paint")

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


def test_what_is_not_set_of_a_layer_of_a_file_is_told(blocks: Blocks, cells: Path) -> None:
    viewer = ViewerModel()
    viewer.open(cells)
    document = saved(viewer, blocks)
    (record,) = document["layers"]
    record["state"] |= {"colormap": "none of napari", "contrast_limits": "x", "gamma": 0.5}
    record["besides"] |= {"contrast_limits_range": 3}
    viewer, told, kept = restored(document, blocks)
    assert (names(viewer), kept, viewer.layers[0].gamma) == (["cells"], [], 0.5)
    (missing,) = told.missing
    assert missing["reason"] == "the layer is there without it"
    assert missing["name"] == "cells: colormap, contrast_limits, contrast_limits_range"


METADATA = [{"a": 1, "bad": 2}, {"a": 1, "bad": 2, 3: 4}]


@pytest.mark.parametrize("metadata", METADATA, ids=repr)
def test_a_value_that_cannot_be_read_takes_no_other_of_the_metadata_with_it(
    blocks: Blocks, metadata: dict[Any, Any]
) -> None:
    viewer = ViewerModel()
    viewer.add_points(np.zeros((1, 2)), name="p", metadata={**metadata, "": {frozenset({1}): 1}})
    document = saved(viewer, blocks)
    state = document["layers"][0]["state"]
    state["metadata"] = json.loads(json.dumps(state["metadata"]).replace("2", '{"$no": 2}'))
    viewer, told, _ = restored(document, blocks)
    del metadata["bad"]
    assert viewer.layers["p"].metadata == {**metadata, "": {frozenset({1}): 1}}
    assert "p: metadata['bad']" in told.missing[0]["name"]


@pytest.mark.parametrize("metadata", [3, {"$no": 1}, {"$pairs": [3]}, {"$pairs": 3}, ["a"]])
def test_metadata_that_are_none_keep_no_layer_from_coming_back(
    blocks: Blocks, metadata: Any
) -> None:
    viewer = ViewerModel()
    viewer.add_points(np.zeros((1, 2)), name="p")
    document = saved(viewer, blocks)
    document["layers"][0]["state"]["metadata"] = metadata
    viewer, told, kept = restored(document, blocks)
    assert (names(viewer), viewer.layers["p"].metadata, kept) == (["p"], {}, [])
    assert "metadata" in told.missing[0]["name"]


FACES = np.array([[0, 1, 2], [1, 2, 3]])
SQUARE = np.array([[0, 0], [0, 9], [9, 9], [9, 0]])
LAYERS = {
    "surface": lambda: Surface((RNG.random((4, 3)), FACES, RNG.random(4)), scale=(1, 2, 3)),
    "surface over time": lambda: over_time(),
    "shapes": lambda: Shapes(
        [SQUARE, SQUARE[:2], SQUARE[:3]], shape_type=["ellipse", "line", "polygon"]
    ),
    "points": lambda: Points(RNG.random((3, 2)), features={"kind": ["a", "b", "a"]}, size=7),
    "labels": lambda: Labels(RNG.integers(0, 9, (9, 9)), opacity=0.25),
    "multiscale": lambda: Image([RNG.random((64, 64)), RNG.random((32, 32))], gamma=0.5),
}


def over_time() -> Layer:
    layer = Surface((RNG.random((4, 3)), FACES, RNG.random((5, 4))), colormap="magma")
    layer.scale, layer.units = (9, 1, 2, 3), ("s", "um", "um", "um")
    return layer


@pytest.mark.parametrize("key", LAYERS)
@pytest.mark.parametrize("unknown", [{}, {"shine": 3}, {"cache": {"$no": 1}}])
def test_a_layer_is_there_with_all_that_this_napari_takes(
    blocks: Blocks, key: str, unknown: dict[str, Any]
) -> None:
    viewer = ViewerModel()
    viewer.add_layer(LAYERS[key]())
    document = saved(viewer, blocks)
    (before,) = saved(viewer, blocks)["layers"]
    # As the session of another napari may have it.
    document["layers"][0]["state"] |= unknown
    viewer, told, kept = restored(document, blocks)
    (after,) = saved(viewer, blocks)["layers"]
    assert (after, kept) == (before, [])
    left_out = [f"{before['name']}: cache"] if "cache" in unknown else []
    assert [one["name"] for one in told.missing] == left_out


def test_what_is_set_and_cannot_be_read_is_all_that_is_not_there(
    blocks: Blocks, tmp_path: Path
) -> None:
    viewer = ViewerModel()
    viewer.add_points(RNG.random((99, 2)), name="points", features={"kind": range(99)}, size=7)
    document = saved(viewer, blocks)
    (column,) = blocks_of(document["layers"][0]["state"]["features"])
    (tmp_path / "blocks" / column).unlink()
    after, told, kept = restored(document, blocks)
    assert (names(after), kept) == (["points"], [])
    assert np.array_equal(after.layers[0].data, viewer.layers[0].data)
    assert np.array_equal(after.layers[0].size, viewer.layers[0].size)
    (missing,) = told.missing
    assert missing["reason"] == "the layer is there without it"
    assert missing["name"].startswith("points: ")
    assert "features" in missing["name"]
