"""Values of layers' states through JSON and back."""

import datetime
import json
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from napari.utils import colormaps

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.unsaved import Unsaved
from desktopd.integrations.napari.session.values import blocks_of, decode, dumps, encode, fold


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
        frozenset({1, "a"}),
        {frozenset({1}), frozenset({(2, frozenset())})},
        {frozenset({1}): {2}},
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
        np.array([1, 2], np.longdouble) / 3,
        np.array([b"a", b"bcd", b""]),
        np.eye(4).view(np.matrix),
        np.eye(40).view(np.matrix),
        np.array([["a", None]], object).view(np.matrix),
    ],
    ids=lambda a: f"{a.dtype} {a.shape}",
)
def test_arrays_keep_type_and_shape(blocks: Blocks, array: Any) -> None:
    found = through(array, blocks)
    assert type(found) is np.ndarray
    assert found.shape == array.shape
    assert found.tolist() == array.tolist() or np.array_equal(found, array, equal_nan=True)
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


@pytest.mark.parametrize("unit", ["D", "s", "ms", "ns", "as", "25ns"])
@pytest.mark.parametrize("kind", [np.datetime64, np.timedelta64])
def test_times_of_numpy_keep_type_and_unit(blocks: Blocks, kind: Any, unit: str) -> None:
    for value in (kind(12345, unit), kind("NaT", unit), kind("NaT")):
        found = through({"at": [value]}, blocks)["at"][0]
        assert (type(found), found.dtype) == (kind, value.dtype)
        assert found == value or (np.isnat(found) and np.isnat(value))


def test_a_table_keeps_its_columns(blocks: Blocks) -> None:
    table = pandas.DataFrame({"area": np.arange(200.0), "kind": ["a", "b"] * 100})
    found = through(table, blocks)
    assert list(found.columns) == ["area", "kind"]
    assert found["area"].dtype == np.float64
    assert found.to_numpy().tolist() == table.to_numpy().tolist()


ZONE = datetime.timezone(datetime.timedelta(hours=2))
STAMPS = pandas.to_datetime(["2026-11-29", None, "2026-11-30"])
COLUMNS: dict[str, Any] = {
    "stamps": STAMPS,
    "in utc": STAMPS.tz_localize("UTC"),
    "in a zone": STAMPS.tz_localize("Europe/Zurich"),
    "with an offset": STAMPS.tz_localize(ZONE),
    "spans": pandas.to_timedelta([1, 2, None], unit="s"),
    "periods": pandas.PeriodIndex(["2026-11", None, "2026-12"], freq="M"),
    "intervals": pandas.cut([1, 2, 3], 2),
    "categories": pandas.Categorical(["x", None, "y"], ["y", "x", "z"], ordered=True),
    "with gaps": pandas.array([1, None, 3], dtype="Int64"),
    "truths": pandas.array([True, None, False], dtype="boolean"),
    "texts": pandas.array(["a", None, ""], dtype="string"),
    "sparse": pandas.arrays.SparseArray([0, 0, 1]),
    "dates": pandas.Series([datetime.date(2026, 1, 1), None, datetime.date(2026, 1, 2)]),
    "times": pandas.Series([datetime.time(1, 2), None, pandas.NA], dtype=object),
    "moments": pandas.Series([datetime.datetime(2026, 1, 1, tzinfo=ZONE), 1, "x"], dtype=object),
    "places": pandas.Series([Path("a"), np.nan, Path("b")]),
    "sets": pandas.Series([{1, 2}, None, set()]),
    "long": pandas.Series(np.array([1, 2, 3], np.longdouble) / 3),
    "boxes": pandas.Series([[1, 2], [], None]),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_column_comes_back_with_its_type(blocks: Blocks, kind: str) -> None:
    table = pandas.DataFrame({kind: COLUMNS[kind]})
    pandas.testing.assert_frame_equal(through(table, blocks), table)


NAMES = [[0, 1], [0.5, None], ["a", "a"], [("a", "x"), ("a", "y")], ["$array", 1], [Path("a"), 2]]


@pytest.mark.parametrize("names", NAMES, ids=repr)
def test_a_table_keeps_the_names_of_its_columns(blocks: Blocks, names: list[Any]) -> None:
    table = pandas.DataFrame(np.eye(2), columns=pandas.Index(names))
    pandas.testing.assert_frame_equal(through(table, blocks), table)


INDEXES = {
    "texts": pandas.Index(["a", "b"], name="cell"),
    "numbers": pandas.Index([7, 3]),
    "no integers": pandas.Index([0.0, 1.0]),
    "named": pandas.RangeIndex(2, name=("a", 1)),
    "from one": pandas.RangeIndex(1, 3),
    "twice": pandas.Index(["a", "a"]),
    "days": pandas.DatetimeIndex(["2026-01-01", None], tz="UTC"),
    "kinds": pandas.CategoricalIndex(["a", "b"], ["b", "a", "c"]),
    "intervals": pandas.interval_range(0, 2, name="from"),
    "tuples": pandas.Index([("a", 1), ("b", 2)], tupleize_cols=False),
    "levels": pandas.MultiIndex.from_product([["a"], [1.5, 2.5]], names=["kind", None]),
}


@pytest.mark.parametrize("kind", INDEXES)
def test_a_table_keeps_the_names_of_its_rows(blocks: Blocks, kind: str) -> None:
    table = pandas.DataFrame({"area": [0.5, 2], kind: ["x", None]}, index=INDEXES[kind])
    for one in (table, table[[]]):
        found = through({"table": one}, blocks)["table"]
        pandas.testing.assert_frame_equal(found, one, check_column_type=False)


@pytest.mark.parametrize(
    "rows", [pandas.Index([object(), object()]), pandas.Index([7, 3], name=object())]
)
def test_a_table_whose_rows_have_names_that_cannot_be_kept_is_there_without(
    blocks: Blocks, rows: Any
) -> None:
    table = pandas.DataFrame({"area": [0.5, 2]}, index=rows)
    pandas.testing.assert_frame_equal(through(table, blocks), table.reset_index(drop=True))


def test_a_column_that_is_not_kept_takes_no_other_with_it(blocks: Blocks) -> None:
    table = pandas.DataFrame({"no": [object(), 1], "day": ["2026-11-29"] * 2})
    assert list(through(table, blocks).columns) == ["day"]
    with pytest.raises(Unsaved, match=r"column 'no' \(builtins.object\)"):
        encode(table[["no"]], blocks)


def test_a_table_of_former_times_is_read(blocks: Blocks) -> None:
    array = {"dtype": "object", "shape": [2], "items": ["a", None]}
    found = decode({"$table": [["kind", {"$array": array}]]}, blocks)
    assert found["kind"].isna().tolist() == [False, True]


LONG: list[Any] = [
    [*np.random.default_rng(1).random(100_000).tolist()],
    [*range(100_000)],
    [*range(9_999), 1 << 80],
    [True, False] * 10_000,
    ["é", "\udcff", "$array", ""] * 10_000,
    [1, 2.5, None, "x", (1,), {"$a": [1]}] * 10_000,
    tuple(range(100_000)),
    {str(number): number for number in range(10_000)},
    {number: [number] for number in range(10_000)},
    [[float(number)] * 1000 for number in range(1000)],
]


@pytest.mark.parametrize("value", LONG, ids=lambda value: f"{type(value).__name__} {value!r:.20}")
def test_long_values_lie_in_blocks_and_keep_their_types(
    blocks: Blocks, tmp_path: Path, value: Any
) -> None:
    encoded = json.loads(dumps(fold(encode(value, blocks), blocks)))
    assert len(dumps(encoded)) < 5000
    assert blocks_of(encoded) == {path.name for path in tmp_path.iterdir()} != set()
    found = decode(encoded, blocks)
    assert found == value
    assert [*map(type, found)] == [*map(type, value)]


def test_arrays_that_differ_in_length_lie_together(blocks: Blocks, tmp_path: Path) -> None:
    corners = [np.full((number % 7, 2), number, np.float32) for number in range(1000)]
    encoded = encode(corners, blocks)
    assert blocks_of(encoded) == {path.name for path in tmp_path.iterdir()}
    assert len(dumps(encoded)) < 1000
    found = decode(encoded, blocks)
    assert all(one.dtype == np.float32 for one in found)
    assert all(map(np.array_equal, found, corners))


def test_blocks_that_a_folded_value_names_are_seen(blocks: Blocks, tmp_path: Path) -> None:
    value = {"text": "x" * 100_000, "numbers": np.arange(100)}
    encoded = json.loads(dumps(fold(encode(value, blocks), blocks)))
    assert blocks_of(encoded) == {path.name for path in tmp_path.iterdir()}
    assert decode(encoded, blocks)["numbers"].tolist() == [*range(100)]


def test_a_masked_array_keeps_its_mask(blocks: Blocks) -> None:
    found = through(np.ma.masked_array(np.eye(4, dtype=int), np.eye(4, dtype=bool)), blocks)
    assert np.ma.getmaskarray(found).tolist() == np.eye(4, dtype=bool).tolist()
    assert np.ma.getdata(found).tolist() == np.eye(4).tolist()


class Raising(dict[str, int]):
    def items(self) -> Any:
        raise OSError

    def model_dump(self) -> Any:
        raise OSError


class Dumped:
    model_dump = Raising.model_dump


@pytest.mark.parametrize(
    "value",
    [Raising(a=1), Dumped(), 10**5000, np.longdouble(1)],
    ids=["mapping", "model", "int", "longdouble"],
)
def test_what_fails_by_itself_is_refused_as_what_nobody_knows(blocks: Blocks, value: Any) -> None:
    with pytest.raises(Unsaved):
        encode([value], blocks)


@pytest.mark.filterwarnings("ignore:`json_encoders`")
def test_a_colour_map_of_a_class_of_its_own_comes_back_as_one_of_napari(blocks: Blocks) -> None:
    class Own(colormaps.Colormap):
        pass

    found = through(Own([[0, 0, 0, 1], [1, 0, 0, 1]], name="own"), blocks)
    assert type(found) is colormaps.Colormap
    assert found.name == "own"
    assert found.colors.tolist() == [[0, 0, 0, 1], [1, 0, 0, 1]]


@pytest.mark.parametrize("value", [np.complex64(1j), np.bytes_(b"x")])
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
