"""Tables of pandas as JSON and back, each column with its name and type.

Tested by tests/unit/integrations/napari/session/test_values.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from desktopd.integrations.napari.session.unsaved import LACKS, Unsaved

Encode = Callable[[Any], Any]


def encode(value: Any, part: Encode) -> Any:
    """An object of pandas as JSON; raises Unsaved."""
    name = type(value).__name__
    if name == "DataFrame":
        table, left_out = encode_table(value, part)
        if left_out and not table["$table"]:
            raise Unsaved(f"DataFrame of {'; '.join(left_out)}")
        return _encode_frame(value, table, part)
    if name in ("NAType", "NaTType"):
        return {"$na": name}
    raise Unsaved(f"{type(value).__module__}.{name}")


def _encode_frame(table: Any, columns: Any, part: Encode) -> Any:
    """A table whose rows have names, where these can be kept; its `columns` alone otherwise."""
    import pandas

    rows = table.index
    counted = isinstance(rows, pandas.RangeIndex) and rows.equals(pandas.RangeIndex(len(rows)))
    if counted and rows.name is None:
        return columns
    nameless = rows.set_names([None] * rows.nlevels)
    try:
        levels, left_out = encode_table(nameless.to_frame(index=False), part)
        names = [part(name) for name in rows.names]
    except Unsaved:
        return columns
    return columns if left_out else {"$indexed": [columns, levels, names]}


def encode_table(table: Any, part: Encode) -> tuple[Any, list[str]]:
    """A table with the columns that can be kept, and what the others are."""
    columns, left_out = [], []
    for index, name in enumerate(table.columns):
        try:
            columns.append([part(name), _encode_column(table.iloc[:, index], part)])
        except LACKS:
            raise
        except Exception as error:
            left_out.append(f"column {name!r} ({error})")
    return {"$table": columns}, left_out


def _encode_column(column: Any, part: Encode) -> Any:
    """A column; raises Unsaved where its type would come back as another."""
    import pandas

    dtype, values = column.dtype, column.array
    match dtype:
        case np.dtype():
            return part(column.to_numpy())
        case pandas.CategoricalDtype():
            categories = _encode_column(pandas.Series(dtype.categories), part)
            return {"$categorical": [part(values.codes), categories, bool(dtype.ordered)]}
        case pandas.IntervalDtype():
            ends = [_encode_column(pandas.Series(one), part) for one in (values.left, values.right)]
            return {"$interval": [*ends, str(values.closed)]}
        case pandas.PeriodDtype():
            return {"$period": [_name(dtype), part(values.asi8)]}
        case pandas.DatetimeTZDtype():
            return {"$column": [_name(dtype), part(values.asi8)]}
    return {"$column": [_name(dtype), part(values.to_numpy(object))]}


def _name(dtype: Any) -> str:
    import pandas

    if pandas.api.types.pandas_dtype(str(dtype)) != dtype:
        raise Unsaved(str(dtype))
    return str(dtype)


def _decode_table(columns: list[Any]) -> Any:
    import pandas

    table = pandas.DataFrame({index: column for index, (_, column) in enumerate(columns)})
    if not columns:
        return table
    # An Index, as a list of tuples would be taken for one of columns.
    table.columns = pandas.Index([name for name, _ in columns])
    return table


def _decode_indexed(content: list[Any]) -> Any:
    import pandas

    table, levels, names = content
    if len(names) == 1:
        index = pandas.Index(levels.iloc[:, 0], tupleize_cols=False)
    else:
        index = pandas.MultiIndex.from_frame(levels)
    index = index.set_names(names)
    return table.set_axis(index) if len(table.columns) else pandas.DataFrame(index=index)


def _decode_categorical(content: list[Any]) -> Any:
    import pandas

    codes, categories, ordered = content
    dtype = pandas.CategoricalDtype(categories, ordered=ordered)
    return pandas.Categorical.from_codes(codes, dtype=dtype)


def _decode_interval(content: list[Any]) -> Any:
    import pandas

    left, right, closed = content
    return pandas.arrays.IntervalArray.from_arrays(left, right, closed)


def _decode_period(content: list[Any]) -> Any:
    import pandas

    name, ordinals = content
    freq = pandas.api.types.pandas_dtype(name).freq
    return pandas.PeriodIndex.from_ordinals(ordinals, freq=freq).array


def _decode_column(content: list[Any]) -> Any:
    import pandas

    name, values = content
    return pandas.array(values, dtype=name)


def _decode_missing(name: str) -> Any:
    import pandas

    return pandas.NA if name == "NAType" else pandas.NaT


MARKS: dict[str, Callable[[Any], Any]] = {
    "$table": _decode_table,
    "$indexed": _decode_indexed,
    "$categorical": _decode_categorical,
    "$interval": _decode_interval,
    "$period": _decode_period,
    "$column": _decode_column,
    "$na": _decode_missing,
}
"""What makes an object of its content, which is decoded already."""
