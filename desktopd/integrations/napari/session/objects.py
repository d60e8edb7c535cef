"""Objects of the libraries that layers are made of, known by name alone, as JSON and back.

Tested by tests/unit/integrations/napari/session/test_values.py.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from desktopd.integrations.napari.session import tables
from desktopd.integrations.napari.session.unsaved import Unsaved

Encode = Callable[[Any], Any]

DATES: dict[str, Any] = {
    "$date": datetime.date,
    "$time": datetime.time,
    "$datetime": datetime.datetime,
}
ZONES = (type(None), datetime.timezone)
"""Kinds of zones that the text of a time tells in full."""


def encode(value: Any, part: Encode) -> Any:
    """An object as JSON, what is in it by `part`; raises Unsaved."""
    kind, home = type(value), type(value).__module__.partition(".")[0]
    if home == "pandas":
        return tables.encode(value, part)
    if home == "pint" or isinstance(value, np.dtype):
        return str(value)
    if isinstance(value, np.datetime64 | np.timedelta64):
        return {"$numpy_time": [value.dtype.str, int(value.astype(np.int64))]}
    if isinstance(value, PurePath):
        return {"$path": str(value)}
    if kind in (set, frozenset):
        return {f"${kind.__name__}": [part(one) for one in value]}
    for mark, known in DATES.items():
        if kind is known and type(getattr(value, "tzinfo", None)) in ZONES:
            return {mark: value.isoformat()}
    if (colormap := _colormap_of(kind)) is not None:
        fields = {key: getattr(value, key) for key in colormap.model_fields}
        return {"$colormap": [colormap.__name__, part(fields)]}
    if hasattr(value, "model_dump"):
        return part(_dumped(value))
    raise Unsaved(f"{kind.__module__}.{kind.__name__}")


def _dumped(value: Any) -> Any:
    try:
        return value.model_dump()
    except Exception as error:
        raise Unsaved(f"{type(value).__name__} that raises {type(error).__name__}") from None


def _colormap_of(kind: type) -> Any:
    """The class of napari's own colour maps that `kind` is or derives from; else None."""
    own = (base for base in kind.__mro__ if base.__module__.startswith("napari.utils.colormap"))
    return next(own, None)


def _decode_colormap(content: list[Any]) -> Any:
    from napari.utils import colormaps

    return getattr(colormaps, content[0])(**content[1])


MARKS: dict[str, Callable[[Any], Any]] = {
    **{mark: kind.fromisoformat for mark, kind in DATES.items()},
    "$path": Path,
    "$numpy_time": lambda content: np.array(content[1], np.int64).view(content[0])[()],
    "$set": set,
    "$frozenset": frozenset,
    "$colormap": _decode_colormap,
    **tables.MARKS,
}
"""What makes an object of its content, which is decoded already."""
