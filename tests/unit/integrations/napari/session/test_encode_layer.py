"""Layers as records: what cannot be kept of one takes neither the rest of it nor another."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from dask import array as dask
from dask import delayed

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.capture import Captured
from desktopd.integrations.napari.session.encode_layer import encode_layer
from desktopd.integrations.napari.session.made import Made
from desktopd.integrations.napari.session.records import LARGEST_RECORD, Encoded, fitting
from desktopd.integrations.napari.session.values import decode

LAYER = Captured(
    name="paint",
    kind="points",
    shape=[3, 2],
    source=None,
    data=np.eye(3, 2),
    state={"opacity": 0.5},
    besides={},
    lost=None,
    overlays={},
)


@pytest.fixture
def blocks(tmp_path: Path) -> Blocks:
    return Blocks(tmp_path)


def encoded(blocks: Blocks, **state: Any) -> tuple[dict[str, Any], str | None]:
    """The record of a layer with that state, and what is said to be not in it."""
    found = encode_layer(replace(LAYER, state={**LAYER.state, **state}), blocks)
    record = json.loads(found.text)
    assert decode(record["data"], blocks).tolist() == np.eye(3, 2).tolist()
    assert record["state"]["opacity"] == 0.5
    return decode(record["state"], blocks), found.lost


class Raising(Mapping[str, int]):
    def __getitem__(self, key: str) -> int:
        raise OSError(key)

    def __iter__(self) -> Iterator[str]:
        return iter("ab")

    def __len__(self) -> int:
        return 2


class Model:
    def model_dump(self) -> Any:
        raise RuntimeError


CYCLE: dict[str, Any] = {}
CYCLE["self"] = CYCLE
VALUES = [Raising(), Model(), np.longdouble(1), 10**5000, CYCLE, object()]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_that_fails_takes_no_other_with_it(blocks: Blocks, value: Any) -> None:
    state, lost = encoded(blocks, metadata={"bad": value, "good": 1}, odd=value, fine=2)
    assert state["metadata"] == {"good": 1}
    assert "odd" not in state
    assert state["fine"] == 2
    assert lost is None


def test_metadata_that_raises_takes_nothing_else_with_it(blocks: Blocks) -> None:
    state, lost = encoded(blocks, metadata=Raising(), fine=2)
    assert state["metadata"] == {}
    assert state["fine"] == 2
    assert "Raising that raises OSError" in (lost or "")


@pytest.mark.parametrize("key", ["$schema", "$array", 0, 2.5, None, ("a", 1)])
def test_metadata_keep_their_keys(blocks: Blocks, key: Any) -> None:
    state, _ = encoded(blocks, metadata={key: {key: "x"}, "plain": 1})
    assert state["metadata"] == {key: {key: "x"}, "plain": 1}


def test_tables_have_the_same_columns_and_nothing_says_them_otherwise(blocks: Blocks) -> None:
    table = pandas.DataFrame({0: [1, 2, 3], "odd": [object()] * 3, "day": ["x", None, "y"]})
    state, lost = encoded(
        blocks,
        features=table,
        feature_defaults=table[2:].reset_index(drop=True),
        properties={0: [1, 2, 3]},
        property_choices={},
    )
    assert list(state["features"]) == list(state["feature_defaults"]) == [0, "day"]
    assert not state.keys() & {"properties", "property_choices"}
    assert lost == "without column 'odd' (builtins.object) of its features"


def test_defaults_of_which_one_is_not_kept_are_left_to_napari(blocks: Blocks) -> None:
    defaults = pandas.DataFrame({"a": [object()], "b": [1]})
    table = pandas.DataFrame({"a": [1, 2, 3], "b": [1, 2, 3]})
    state, _ = encoded(blocks, features=table, feature_defaults=defaults)
    assert list(state["features"]) == ["a", "b"]
    assert "feature_defaults" not in state


def test_long_metadata_and_many_shapes_make_no_long_record(blocks: Blocks) -> None:
    corners = [np.full((30, 2), number, float) for number in range(2000)]
    layer = replace(LAYER, data=corners, state={"metadata": {"times": [0.5] * 200_000}})
    found = encode_layer(layer, blocks)
    assert len(found.text) < 5000
    record = json.loads(found.text)
    assert decode(record["state"], blocks)["metadata"] == {"times": [0.5] * 200_000}
    assert all(map(np.array_equal, decode(record["data"], blocks), corners))


def test_a_layer_that_is_too_large_loses_its_metadata_first(blocks: Blocks) -> None:
    state, lost = encoded(blocks, metadata={f"{'k' * 100} {key}": 0 for key in range(50_000)})
    assert state["metadata"] == {}
    assert "too many" in (lost or "")


def test_a_layer_of_which_nothing_can_be_kept_is_there_and_says_so(blocks: Blocks) -> None:
    for layer in (
        replace(LAYER, data=np.array([object()])),
        replace(LAYER, name="x" * LARGEST_RECORD),
        replace(LAYER, source={"path": object()}),
    ):
        found = encode_layer(layer, blocks)
        record = json.loads(found.text)
        assert (record["data"], record["source"]) == (None, None)
        assert record["lost"]
        assert found.lost == record["lost"]


def test_a_layer_that_cannot_be_computed_keeps_the_rest(blocks: Blocks) -> None:
    computed = dask.from_delayed(delayed(lambda: 1 / 0)(), (9,), int)
    found = encode_layer(replace(LAYER, data=computed, source={"path": "/x.tif"}), blocks)
    record = json.loads(found.text)
    assert (record["data"], record["source"]) == (None, {"path": "/x.tif"})
    assert record["state"]["opacity"] == 0.5
    assert "ZeroDivisionError" in record["lost"]


def test_what_is_computed_is_so_once(blocks: Blocks) -> None:
    counted = []

    def count(block: Any) -> Any:
        counted.append(1)
        return block + 1

    numbers = dask.arange(100, chunks=100).map_blocks(count, dtype=int, meta=np.array([], int))
    first = encode_layer(replace(LAYER, data=numbers), blocks)
    again = encode_layer(replace(LAYER, data=numbers, state={"opacity": 0.1}), blocks, first)
    assert len(counted) == 1
    assert again.blocks == first.blocks != frozenset()
    assert json.loads(again.text)["data"] == json.loads(first.text)["data"]
    numbers[3] = 9
    painted = encode_layer(replace(LAYER, data=numbers), blocks, again)
    assert decode(json.loads(painted.text)["data"], blocks)[2:5].tolist() == [3, 9, 5]


NUMBERS = np.arange(1000)
LARGE: list[dict[str, Any]] = [
    {"data": NUMBERS},
    {"state": {"face_color": NUMBERS}},
    {"state": {"metadata": {"times": NUMBERS}}},
    {"state": {"features": pandas.DataFrame({"q": NUMBERS})}},
    {"besides": {"selected_data": NUMBERS}},
]


@pytest.mark.parametrize("large", LARGE, ids=lambda large: " ".join(large))
@pytest.mark.parametrize("lack", [OSError, MemoryError])
def test_a_lack_of_room_takes_nothing_out_of_a_layer(
    blocks: Blocks, monkeypatch: pytest.MonkeyPatch, lack: type[Exception], large: Any
) -> None:
    def full(array: Any) -> Any:
        raise lack("full")

    monkeypatch.setattr(blocks, "put", full)
    with pytest.raises(lack, match="full"):
        encode_layer(replace(LAYER, **large), blocks)


def test_layers_that_do_not_fit_end_and_no_other() -> None:
    layers = [Encoded(str(size), b"x" * size, frozenset()) for size in (50, 9, 30, 7)]
    kept, over = fitting({"first": layers[:2], "second": layers[2:]}, 60, 3)
    assert {key: [one.name for one in listed] for key, listed in kept.items()} == {
        "first": ["9"],
        "second": ["30", "7"],
    }
    assert [one.name for one in over] == ["50"]
    kept, _ = fitting({"layers": layers}, 1000, 2)
    assert [one.name for one in kept["layers"]] == ["9", "7"]


def test_of_a_layer_that_cannot_be_told_it_is_known_who_made_it(blocks: Blocks) -> None:
    odd: Any = {"by": object()}
    record = json.loads(
        encode_layer(replace(LAYER, made=Made("first"), colouring=odd), blocks).text
    )
    assert (record["data"], record["made"]["name"]) == (None, "first")


@pytest.mark.parametrize("kind", ["points", "image"])
def test_data_that_cannot_be_kept_is_told_of_what_is_edited(blocks: Blocks, kind: str) -> None:
    odd = replace(LAYER, kind=kind, made=Made("first"), data=np.array([object()]))
    for layer in (odd, replace(odd, colouring={"by": object()})):
        record = json.loads(encode_layer(layer, blocks).text)
        assert record["data"] is None
        assert record["made"]["replaced"] is (kind == "points")


def test_of_a_layer_that_cannot_be_told_it_is_known_from_where_it_is(blocks: Blocks) -> None:
    layer = replace(LAYER, source={"path": "/data/a.tif"}, colouring={"by": object()})
    assert json.loads(encode_layer(layer, blocks).text)["source"] == {"path": "/data/a.tif"}
