"""What is to be saved of a viewer and of a layer, taken in the main thread and quickly.

Arrays are referred to, not copied: whoever writes them may see a stroke half done, and will be
told to write them again.

Tested by tests/browser/test_companion_session.py.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from desktopd.integrations.napari import layers
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.overlays import describe_overlays, restore_overlays
from desktopd.integrations.napari.session.reading import source_of
from desktopd.integrations.napari.session.values import Unsaved, encode
from desktopd.integrations.napari.view import (
    DIMS,
    GRID,
    camera_of,
    describe_camera,
    grid_of,
    is_somewhere,
)

log = logging.getLogger(__name__)

EDITABLE = frozenset({"labels", "points", "shapes"})
LARGEST_COPY = 64 << 20
"""Bytes of a layer that nobody edits and no file holds, up to which it is saved."""

SAVED_DIMS = (*DIMS, "axis_labels", "margin_left", "margin_right")

BESIDES = {
    "image": ("contrast_limits_range",),
    "labels": ("selected_label", "brush_size", "contour", "n_edit_dimensions", "preserve_labels"),
}
"""Attributes that `Layer.as_layer_data_tuple` leaves out."""


@dataclass(frozen=True)
class Captured:
    """A layer at one moment: where to read it again, or its data, or why neither can be had."""

    name: str
    kind: str
    shape: list[int]
    source: Mapping[str, Any] | None
    data: Any
    state: Mapping[str, Any]
    besides: Mapping[str, Any]
    lost: str | None
    overlays: Mapping[str, Any]


def capture(layer: Any, *, replaced: bool) -> Captured:
    """`layer` now; `replaced`: its data is another than when it was read."""
    data, state, _ = layer.as_layer_data_tuple()
    if getattr(layer, "multiscale", False):
        data = list(data)
    kind, source = layers.kind(layer), source_of(layer)
    lost = None
    if source is not None and not (replaced or (kind in EDITABLE and _in_memory(data))):
        data = None
    elif not _in_memory(data):
        data, lost = None, f"its data ({type(data).__name__}) is in no file and not in memory"
    elif kind not in EDITABLE and (size := _bytes(data)) > LARGEST_COPY:
        data, lost = None, f"its {size >> 20} MiB are in no file"
    besides = {key: getattr(layer, key) for key in BESIDES.get(kind, ()) if hasattr(layer, key)}
    over = describe_overlays(layer)
    return Captured(layer.name, kind, layers.shape(layer), source, data, state, besides, lost, over)


def capture_failed(layer: Any, error: Exception) -> Captured:
    """A layer of which nothing can be had, and why."""
    why = f"{type(error).__name__}: {error}"
    return Captured(layer.name, layers.kind(layer), [], None, None, {}, {}, why, {})


def capture_view(viewer: Any) -> dict[str, Any]:
    """Camera, dims, grid, overlays and selection."""
    active = viewer.layers.selection.active
    grid = grid_of(viewer)
    return {
        "grid": {name: getattr(grid, name) for name in GRID if hasattr(grid, name)},
        "camera": describe_camera(viewer),
        "dims": {
            name: np.asarray(getattr(viewer.dims, name)).tolist()
            for name in SAVED_DIMS
            if hasattr(viewer.dims, name)
        },
        "overlays": describe_overlays(viewer),
        "active": None if active is None else active.name,
    }


def restore_view(viewer: Any, view: Mapping[str, Any]) -> None:
    """Put back what `capture_view` gave; the layers must be there."""
    for name, value in view["dims"].items():
        if name == "ndisplay" or len(value) == viewer.dims.ndim:
            setattr(viewer.dims, name, value)
    restore_overlays(viewer, view.get("overlays", {}))
    # A change of the grid moves the camera.
    for name, value in view.get("grid", {}).items():
        setattr(grid_of(viewer), name, value)
    camera = camera_of(viewer)
    # One that is nowhere would keep napari from drawing, from one session to the next.
    for name, value in view["camera"].items() if is_somewhere(view["camera"]) else ():
        setattr(camera, name, value)
    named = {layer.name: layer for layer in viewer.layers}
    viewer.layers.selection.active = named.get(view["active"])


def encode_layer(layer: Captured, blocks: Blocks) -> dict[str, Any]:
    """A layer as JSON; OSError where its data cannot be written."""
    state = _encodable({k: v for k, v in layer.state.items() if k != "metadata"}, blocks)
    # What a plugin keeps here may be anything.
    state["metadata"] = _encodable(layer.state.get("metadata", {}), blocks)
    return {
        "name": layer.name,
        "type": layer.kind,
        "shape": layer.shape,
        "source": layer.source,
        "data": encode(layer.data, blocks),
        "state": state,
        "besides": _encodable(layer.besides, blocks),
        "overlays": layer.overlays,
        "lost": layer.lost,
    }


def _encodable(values: Mapping[Any, Any], blocks: Blocks) -> dict[str, Any]:
    found = {}
    for key, value in values.items():
        try:
            found[str(key)] = encode(value, blocks)
        except (Unsaved, ValueError, TypeError, RecursionError) as error:
            # The layer can be made without it.
            log.info("desktopd: %s is not saved: %s", key, error)
    return found


def _in_memory(data: Any) -> bool:
    if isinstance(data, list | tuple):
        return all(map(_in_memory, data))
    return isinstance(data, np.ndarray) and data.dtype != object


def _bytes(data: Any) -> int:
    return sum(map(_bytes, data)) if isinstance(data, list | tuple) else int(data.nbytes)
