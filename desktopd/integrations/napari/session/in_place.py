"""What may change of a layer in place, which gives no event, as far as it is cheap to compare.

Tested by tests/unit/integrations/napari/session/test_in_place.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

MOST_ROWS, MOST_COLUMNS = 1_000, 200
"""Rows of a column that is none of numpy's, up to which its values are compared; and columns."""


class InPlace:
    """The features and metadata of a layer at one moment.

    Of numpy's columns the memory is compared: pandas copies one that is written to while another
    table has it too.
    """

    def __init__(self, layer: Any) -> None:
        table = getattr(layer, "features", None)
        self._features = None if table is None else table.copy(deep=False)
        self._metadata = dict(layer.metadata)

    def is_another(self, layer: Any) -> bool:
        """Whether `layer` has other features or metadata now."""
        return not (
            _same_items(self._metadata, layer.metadata)
            and _same_columns(self._features, getattr(layer, "features", None))
        )


def _same_items(then: Mapping[Any, Any], now: Mapping[Any, Any]) -> bool:
    return len(then) == len(now) and all(
        a == b and then[a] is now[b] for a, b in zip(then, now, strict=True)
    )


def _same_columns(then: Any, now: Any) -> bool:
    if then is None or now is None:
        return then is now
    return (
        len(then) == len(now)
        and then.columns.equals(now.columns)
        and (
            len(now.columns) > MOST_COLUMNS
            or all(_same_column(then.iloc[:, i], now.iloc[:, i]) for i in range(len(now.columns)))
        )
    )


def _same_column(then: Any, now: Any) -> bool:
    if then.dtype != now.dtype:
        return False
    if isinstance(now.dtype, np.dtype):
        return len(now) == 0 or np.may_share_memory(then.to_numpy(), now.to_numpy())
    return len(now) > MOST_ROWS or bool(now.equals(then))
