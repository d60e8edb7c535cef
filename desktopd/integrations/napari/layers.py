"""Layers as the daemon sees them: what each is, and what can be changed from outside.

Tested by tests/unit/integrations/napari/test_layers.py.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from itertools import accumulate
from typing import Any
from urllib.parse import urlsplit

from desktopd.integrations.napari.protocol import Failure, FailureKind, told

CHANGEABLE = ("visible", "opacity", "contrast_limits", "colormap", "gamma", "blending", "name")
LONGEST_PATH = 4096
"""Characters of a path or URL that is told: half of one leads nowhere."""
LONGEST_PATHS = 1 << 20
"""Those of all together: the daemon reads no more than 64 MiB at once."""

log = logging.getLogger(__name__)


def describe(layer: Any) -> dict[str, Any]:
    """A layer: `shape` and `scale` are those of its data, the axes in their order.

    What a layer, as a plugin may make one, fails to tell of itself is as it is without any.
    """
    found: dict[str, Any] = {"name": told(layer.name), "type": kind(layer)}
    for key, (tell, otherwise) in TOLD.items():
        try:
            found[key] = tell(layer)
        except Exception as error:
            log.info("desktopd: %s of %r is not told: %s", key, found["name"], error)
            found[key] = otherwise
    return found


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


def _contrast_limits(layer: Any) -> list[float] | None:
    limits = getattr(layer, "contrast_limits", None)
    return None if limits is None else [float(limit) for limit in limits]


def _colormap(layer: Any) -> str | None:
    """The name of a colormap, which that of Tracks is itself."""
    colormap = getattr(layer, "colormap", None)
    return None if colormap is None else told(str(getattr(colormap, "name", colormap)))


def _short_path(layer: Any) -> str | None:
    place = path(layer)
    return None if place is None or len(place) > LONGEST_PATH else place


def path(layer: Any) -> str | None:
    """The file or URL that the layer was read from, a file's path from the root."""
    found = layer.source.path
    return absolute(found) if found else None


def absolute(given: str | os.PathLike[str]) -> str:
    """A URL as it is, a file's path from the root."""
    place = urlsplit(str(given))
    return str(given) if place.scheme and place.netloc else os.path.abspath(given)  # noqa: PTH100


TOLD: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "shape": (shape, []),
    "dtype": (dtype, None),
    "scale": (lambda layer: [float(factor) for factor in layer.scale], []),
    "visible": (lambda layer: bool(layer.visible), True),
    "opacity": (lambda layer: float(layer.opacity), 1.0),
    "contrast_limits": (_contrast_limits, None),
    "colormap": (_colormap, None),
    "path": (_short_path, None),
}
"""How each attribute is told, and what stands for one that cannot be."""
