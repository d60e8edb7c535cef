"""Values of layers' states through JSON and back."""

import json
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.values import Unsaved, blocks_of, decode, encode


class Colour(Enum):
    RED = "red"


@pytest.fixture
def blocks(tmp_path: Path) -> Blocks:
    return Blocks(tmp_path)


def through(value: Any, blocks: Blocks) -> Any:
    return decode(json.loads(json.dumps(encode(value, blocks))), blocks)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        2.5,
        "text",
        [1, [2, "x"]],
        (1, (2.0, None)),
        {},
        {"a": {"b": (1,)}},
        {1: "one", None: "none"},
        {"$array": "no array", "$table": 1},
        {"$pairs": {"$tuple": [1]}},
    ],
)
def test_plain_values_keep_their_types(blocks: Blocks, value: Any) -> None:
    found = through(value, blocks)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.eye(4),
        np.float32([[1, 2]]),
        np.arange(1000, dtype=np.uint16).reshape(10, 100),
        np.array([], np.int8),
        np.array(["a", None, 3], object),
        np.array(["x", "yy"]),
        np.array([["é", "\udcff", "$array"] * 30, [None, 2.5, True] * 30], object),
        np.array([[np.nan, np.inf]]),
        np.array(3.5),
        np.array([3, 4], "m8[s]"),
    ],
    ids=lambda a: f"{a.dtype} {a.shape}",
)
def test_arrays_keep_type_and_shape(blocks: Blocks, array: Any) -> None:
    found = through(array, blocks)
    assert found.shape == array.shape
    assert found.tolist() == array.tolist() or np.array_equal(found, array, equal_nan=True)
    if array.dtype.kind != "U":
        assert found.dtype == array.dtype


def test_many_names_lie_in_blocks(blocks: Blocks, tmp_path: Path) -> None:
    names = pandas.DataFrame({"cell": [f"cell {number}" for number in range(100_000)]})
    encoded = encode(names, blocks)
    assert len(json.dumps(encoded)) < 1000
    assert blocks_of(encoded) == {path.name for path in tmp_path.iterdir()} != set()
    assert through(names, blocks).equals(names)


def test_arrays_among_what_is_no_number_keep_their_blocks(blocks: Blocks, tmp_path: Path) -> None:
    ragged = np.empty(100, object)
    ragged[:] = [np.arange(100 + number) for number in range(100)]
    assert blocks_of(encode(ragged, blocks)) == {path.name for path in tmp_path.iterdir()}
    assert [*map(len, through(ragged, blocks))] == [*range(100, 200)]


def test_scalars_and_enums_become_plain(blocks: Blocks) -> None:
    assert through([np.float32(0.5), np.int64(7), np.bool_(True)], blocks) == [0.5, 7, True]
    assert through(Colour.RED, blocks) == "red"


def test_a_table_keeps_its_columns(blocks: Blocks) -> None:
    table = pandas.DataFrame({"area": np.arange(200.0), "kind": ["a", "b"] * 100})
    found = through(table, blocks)
    assert list(found.columns) == ["area", "kind"]
    assert found["area"].dtype == np.float64
    assert found.to_numpy().tolist() == table.to_numpy().tolist()


def test_a_column_that_is_not_kept_takes_no_other_with_it(blocks: Blocks) -> None:
    days = pandas.to_datetime(["2026-11-29"] * 2)
    table = pandas.DataFrame({"utc": days.tz_localize("UTC"), "day": days, "boxes": [[1, 2]] * 2})
    table["count"] = pandas.array([1, None], dtype="Int64")
    found = through(table, blocks)
    assert list(found.columns) == ["day", "boxes", "count"]
    assert list(found["boxes"]) == [[1, 2]] * 2
    assert found["count"].isna().tolist() == [False, True]
    with pytest.raises(Unsaved, match="DataFrame"):
        encode(table[["utc"]], blocks)


@pytest.mark.parametrize("value", [np.complex64(1j), np.datetime64("2026-11-29"), np.bytes_(b"x")])
def test_scalars_that_json_cannot_hold_are_refused(blocks: Blocks, value: Any) -> None:
    with pytest.raises(Unsaved, match="numpy"):
        encode(value, blocks)


def test_what_nobody_knows_is_refused_by_name(blocks: Blocks) -> None:
    with pytest.raises(Unsaved, match=r"builtins\.object"):
        encode({"a": [object()]}, blocks)


def test_the_blocks_of_a_value_are_all_found(blocks: Blocks, tmp_path: Path) -> None:
    value = {"a": [np.arange(100), (np.arange(200),)], "b": {3: np.arange(300)}, "c": np.eye(2)}
    found = blocks_of(json.loads(json.dumps(encode(value, blocks))))
    assert found == {path.name for path in tmp_path.iterdir()}
    assert len(found) == 3
