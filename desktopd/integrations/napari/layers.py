"""Layers as the daemon sees them: what each is, and what can be changed from outside.

Tested by tests/browser/test_companion.py.
"""

from __future__ import annotations

import os
from itertools import accumulate
from typing import Any
from urllib.parse import urlsplit

from desktopd.integrations.napari.protocol import Failure, FailureKind, told

CHANGEABLE = ("visible", "opacity", "contrast_limits", "colormap", "gamma", "blending", "name")
LONGEST_PATH = 4096
"""Characters of a path or URL that is told: half of one leads nowhere."""
LONGEST_PATHS = 1 << 20
"""Those of all together: the daemon reads no more than 64 MiB at once."""


def describe(layer: Any) -> dict[str, Any]:
    """A layer: `shape` and `scale` are those of its data, the axes in their order."""
    colormap = getattr(layer, "colormap", None)
    limits = getattr(layer, "contrast_limits", None)
    place = path(layer)
    return {
        "name": told(layer.name),
        "type": kind(layer),
        "shape": shape(layer),
        "dtype": dtype(layer),
        "scale": [float(factor) for factor in layer.scale],
        "visible": bool(layer.visible),
        "opacity": float(layer.opacity),
        "contrast_limits": None if limits is None else [float(limit) for limit in limits],
        "colormap": None if colormap is None else told(str(colormap.name)),
        "path": None if place is None or len(place) > LONGEST_PATH else place,
    }


def describe_all(viewer: Any) -> list[dict[str, Any]]:
    """Every layer, the lowest first; one of them at most is `active`."""
    active = viewer.layers.selection.active
    layers = [{**describe(layer), "active": layer is active} for layer in viewer.layers]
    lengths = accumulate(len(layer["path"] or "") for layer in layers)
    for layer, length in zip(layers, lengths, strict=True):
        if length > LONGEST_PATHS:
            layer["path"] = None
    return layers


def change(viewer: Any, name: str, values: dict[str, Any]) -> dict[str, Any]:
    """Change layer `name`, as it is told, as `values` say; returns the layer."""
    named = [one for one in viewer.layers if name in (one.name, told(one.name))]
    layer = min(named, key=lambda one: one.name != name, default=None)
    if layer is None:
        raise Failure(FailureKind.NO_LAYER, f"there is no layer {name!r}")
    for key in CHANGEABLE:
        if key not in values:
            continue
        if not hasattr(layer, key):
            raise Failure(FailureKind.VALUE, f"{key}: a layer of type {kind(layer)} has none")
        try:
            setattr(layer, key, values[key])
        except (ValueError, TypeError, KeyError) as error:
            raise Failure(FailureKind.VALUE, f"{key}={values[key]!r}: {error}") from None
    if values.get("active"):
        viewer.layers.selection.active = layer
    return {**describe(layer), "active": layer is viewer.layers.selection.active}


def read_from(viewer: Any, place: str) -> list[Any]:
    """The layers that were read from a file or URL, the lowest first."""
    return [layer for layer in viewer.layers if path(layer) == place]


def kind(layer: Any) -> str:
    """The type as `Layer.create` takes it, such as ``image``, also of a subclass."""
    from napari import layers

    names = {base.__name__.lower() for base in type(layer).__mro__}
    return next((name for name in sorted(layers.NAMES) if name in names), type(layer).__name__)


def shape(layer: Any) -> list[int]:
    """The shape of the data; of Shapes, how many in how many dimensions."""
    if kind(layer) == "shapes":
        return [int(layer.nshapes), int(layer.ndim)]
    return [int(size) for size in _array(layer).shape]


def dtype(layer: Any) -> str | None:
    """The type of the data's elements, such as ``uint8``, where it has one."""
    return None if kind(layer) == "shapes" else str(_array(layer).dtype)


def _array(layer: Any) -> Any:
    """The data; of several levels the finest, of a surface the vertices."""
    several = getattr(layer, "multiscale", False) or kind(layer) == "surface"
    return layer.data[0] if several else layer.data


def path(layer: Any) -> str | None:
    """The file or URL that the layer was read from, a file's path from the root."""
    found = layer.source.path
    return absolute(found) if found else None


def absolute(given: str | os.PathLike[str]) -> str:
    """A URL as it is, a file's path from the root."""
    place = urlsplit(str(given))
    return str(given) if place.scheme and place.netloc else os.path.abspath(given)  # noqa: PTH100
