"""The arrays that the data of a layer is of.

Tested by tests/unit/integrations/napari/session/test_data_as_read.py.
"""

from __future__ import annotations

from typing import Any


def parts_of(data: Any) -> list[Any]:
    """The arrays of several levels, or of a surface; else the one."""
    is_several = isinstance(data, list | tuple) or type(data).__name__ == "MultiScaleData"
    return list(data) if is_several else [data]


def name_of(part: Any) -> str | None:
    """What dask calls one of its arrays, which says how that is computed; None for any other."""
    is_dask = type(part).__module__.partition(".")[0] == "dask"
    return str(part.name) if is_dask and hasattr(part, "name") else None


def beneath(part: Any) -> list[Any]:
    """The arrays of other packages that dask computes one of its own from, as it keeps them."""
    layers = getattr(getattr(part, "dask", None), "layers", {})
    # One that is of several parts, as after a stroke, is computed.
    single = (dict(layer) for layer in layers.values() if len(layer) == 1)
    return [one for layer in single for one in layer.values() if hasattr(one, "shape")]
