"""Layers of a napari without a window, saved, and put back into another one."""

import errno
import json
import os
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session import block_file as read_by
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.made import note_made
from desktopd.integrations.napari.session.values import blocks_of
from tests.unit.integrations.napari.session.restoring import RNG, names, restored, saved

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari.components import ViewerModel
    from napari.layers import Image, Labels, Layer, Points, Shapes, Surface

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]


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


UNKEYED = {"$pairs": [[{"$no": 1}, 3], [{"a": 1}, {"$no": 1}], [3, 4]]}
ODD: list[tuple[str, Any]] = [
    *(("colouring", value) for value in (3, {"edge": ["colormap", "q"]}, {"face": 3, "edge": 3})),
    *(("overlays", value) for value in (3, [3], {"own.bounding_box": 3}, None)),
    ("overlays", {"own.bounding_box": {"visible": [], "no": 3}}),
    *(("besides", value) for value in (UNKEYED, {"visible": {"$no": 1}}, {"3": 3})),
    *(("state", {"metadata": value}) for value in (3, UNKEYED)),
    *(("lost", value) for value in (3, [], "its data is away")),
    *((key, 3) for key in ("shape", "filed", "made")),
]


@pytest.mark.parametrize("how", ["made", "script", "file"])
@pytest.mark.parametrize(("key", "value"), ODD, ids=repr)
def test_what_is_none_of_a_layer_costs_itself_alone_and_no_layer_is_there_twice(
    blocks: Blocks, cells: Path, how: str, key: str, value: Any
) -> None:
    def script() -> ViewerModel:
        viewer = ViewerModel()
        if how == "file":
            viewer.open(cells, name="p", layer_type="labels")
        elif how == "script":
            viewer.add_points(np.zeros((2, 2)), name="p", features={"q": [1, 2]})
        note_made(viewer.layers)
        return viewer

    viewer = script()
    if how == "made":
        viewer.add_points(np.zeros((2, 2)), name="p", features={"q": [1, 2]})
    document = saved(viewer, blocks)
    (record,) = document["layers"]
    record[key] = {**record[key], **value} if key == "state" else value
    for _ in range(3):
        viewer, told, kept = restored(document, blocks, script())
        assert (names(viewer), told.layers, kept) == (["p"], ["p"], [])
        assert all(one["name"].partition(":")[0] == "p" for one in told.missing)
        document = {**saved(viewer, blocks), "unrestored": kept}


@pytest.mark.parametrize("attribute", ["face_color", "border_color", "data", "features"])
def test_whatever_a_layer_raises_it_is_there_once(
    blocks: Blocks, monkeypatch: pytest.MonkeyPatch, attribute: str
) -> None:
    viewer = ViewerModel()
    viewer.add_points(RNG.random((3, 2)), name="p", features={"q": [1, 2, 3]}, face_color="q")
    viewer.add_points(RNG.random((3, 2)), name="other")
    note_made(viewer.layers)
    document = saved(viewer, blocks)
    for _ in range(3):
        again = ViewerModel()
        for name in ("p", "other"):
            again.add_points(np.zeros((1, 2)), name=name)
        with monkeypatch.context() as odd:
            # As another napari, or a plugin, may have it.
            odd.setattr(Points, attribute, property(raising, raising))
            again, told, kept = restored(document, blocks, again)
        assert len(again.layers) == 2
        assert {*told.layers, *(one["name"] for one in kept)} == {"p", "other"}
        document = {**saved(again, blocks), "unrestored": kept}


def raising(*given: Any) -> Any:
    raise AttributeError


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


def test_metadata_that_were_set_of_a_layer_of_a_file_are_there_beside_its_reader_s(
    blocks: Blocks, cells: Path
) -> None:
    viewer = ViewerModel()
    viewer.open(cells)
    viewer.layers[0].metadata.update({"dye": "DAPI", "odd": object()})
    again = ViewerModel()
    again.open(cells)
    again.layers[0].metadata["of the reader"] = object
    restored(saved(viewer, blocks), blocks, again)
    assert again.layers[0].metadata["dye"] == "DAPI"
    assert again.layers[0].metadata["of the reader"] is object
    document = saved(viewer, blocks)
    document["layers"][0]["state"]["metadata"] = 3
    assert names(restored(document, blocks)[0]) == ["cells"]


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


def test_what_is_set_and_a_disk_does_not_give_now_is_kept_for_another_time(
    blocks: Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = ViewerModel()
    viewer.add_points(RNG.random((99, 2)), name="points", features={"kind": range(99)}, size=7)
    document = saved(viewer, blocks)
    (record,) = document["layers"]
    (column,) = blocks_of(record["state"]["features"])

    def fail(path: Path, *given: Any, **named: Any) -> Any:
        if path.name == column:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return open(path, *given, **named)

    with monkeypatch.context() as disk:
        disk.setattr(read_by, "open", fail, raising=False)
        for _ in range(3):
            after, told, kept = restored(document, blocks)
            assert (names(after), kept, len(told.missing)) == (["points"], [record], 1)
            assert told.missing[0]["reason"].endswith("(kept, and tried again at the next start)")
            document = {**saved(after, blocks), "unrestored": kept}
    after, told, kept = restored(document, blocks)
    assert (names(after), kept, told.missing) == (["points", "points [1]"], [], [])
    assert np.array_equal(after.layers[1].features["kind"], viewer.layers[0].features["kind"])
