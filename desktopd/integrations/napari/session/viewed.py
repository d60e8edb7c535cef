"""What is to be saved of a viewer beside its layers, and put back.

Tested by tests/unit/integrations/napari/session/test_viewed.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from desktopd.integrations.napari.session.links import describe_links, restore_links
from desktopd.integrations.napari.session.overlays import describe_overlays, restore_overlays
from desktopd.integrations.napari.view import (
    DIMS,
    GRID,
    camera_of,
    describe_camera,
    grid_of,
    is_somewhere,
)

SAVED_DIMS = (*DIMS, "axis_labels", "margin_left", "margin_right")


def capture_view(viewer: Any) -> dict[str, Any]:
    """Camera, dims, grid, overlays, title, links and selection."""
    active = viewer.layers.selection.active
    selected = [layer.name for layer in viewer.layers if layer in viewer.layers.selection]
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
        "selected": selected,
        "links": describe_links(viewer.layers),
        "title": str(viewer.title),
    }


def restore_view(viewer: Any, view: Mapping[str, Any], named: Mapping[str, Any]) -> None:
    """Put back what `capture_view` gave of the layers that are there, by the names they had."""
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
    viewer.layers.selection.active = named.get(view["active"])
    if selected := [named[name] for name in view.get("selected", ()) if name in named]:
        viewer.layers.selection = selected
    restore_links(view.get("links") or [], named)
    if isinstance(title := view.get("title"), str):
        viewer.title = title
