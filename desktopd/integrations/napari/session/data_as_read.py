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
            # A stroke gives what is computed another name.
            if part is not read() or name_of(part) != name:
                return True
        return self._painted and any(map(_keeps_paint_to_itself, now))

    def _on_paint(self, event: Any) -> None:
        self._painted = True


def parts_of(data: Any) -> list[Any]:
    """The arrays of several levels, or of a surface; else the one."""
    is_several = isinstance(data, list | tuple) or type(data).__name__ == "MultiScaleData"
    return list(data) if is_several else [data]


def name_of(part: Any) -> str | None:
    """What dask calls one of its arrays, which says how that is computed; None for any other."""
    is_dask = type(part).__module__.partition(".")[0] == "dask"
    return str(part.name) if is_dask and hasattr(part, "name") else None


def _seen(part: Any) -> tuple[Callable[[], Any], str | None]:
    try:
        return weakref.ref(part), name_of(part)
    except TypeError:
        return (lambda: part), name_of(part)


def _keeps_paint_to_itself(part: Any) -> bool:
    home = type(part).__module__.partition(".")[0]
    return home not in (*WRITES_THROUGH, "numpy")
