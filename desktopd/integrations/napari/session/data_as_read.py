"""Whether a layer's data is still what a file gave.

Tested by tests/unit/integrations/napari/session/test_data_as_read.py.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

WRITES_THROUGH = frozenset({"h5py", "tensorstore", "zarr"})
"""Packages whose arrays put what is painted into their files themselves."""


class DataAsRead:
    """The data of a layer at the moment of its making, which is not kept alive by this."""

    def __init__(self, layer: Any) -> None:
        self._parts = [_seen(part) for part in parts_of(layer.data)]
        self._painted = False
        if hasattr(layer.events, "paint"):
            layer.events.paint.connect(self._on_paint)

    def is_replaced(self, data: Any) -> bool:
        """Whether `data`, the layer's of now, is another, or what is computed and was painted into.

        What is written into an array in memory is not seen.
        """
        now = parts_of(data)
        if len(now) != len(self._parts):
            return True
        for part, (read, name) in zip(now, self._parts, strict=True):
            # Dask names its arrays by how they are computed: a stroke gives one another name.
            if part is not read() or getattr(part, "name", None) != name:
                return True
        return self._painted and any(map(_keeps_paint_to_itself, now))

    def _on_paint(self, event: Any) -> None:
        self._painted = True


def parts_of(data: Any) -> list[Any]:
    """The arrays of several levels, or of a surface; else the one."""
    is_several = isinstance(data, list | tuple) or type(data).__name__ == "MultiScaleData"
    return list(data) if is_several else [data]


def _seen(part: Any) -> tuple[Callable[[], Any], Any]:
    try:
        return weakref.ref(part), getattr(part, "name", None)
    except TypeError:
        return (lambda: part), getattr(part, "name", None)


def _keeps_paint_to_itself(part: Any) -> bool:
    home = type(part).__module__.partition(".")[0]
    return home not in (*WRITES_THROUGH, "numpy")
