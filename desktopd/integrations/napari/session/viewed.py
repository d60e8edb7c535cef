"""What is to be saved of a viewer beside its layers, and put back.

Tested by tests/unit/integrations/napari/session/test_viewed.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from desktopd.integrations.napari.session.attempt import attempt, set_each
from desktopd.integrations.napari.session.each import each_told
from desktopd.integrations.napari.session.links import describe_links, restore_links
from desktopd.integrations.napari.session.made import begun_with
from desktopd.integrations.napari.session.overlays import describe_overlays, restore_overlays
from desktopd.integrations.napari.session.values import dumps
from desktopd.integrations.napari.view import (
    DIMS,
    GRID,
    camera_of,
    describe_camera,
    grid_of,
    is_somewhere,
)

SAVED_DIMS = (*DIMS, "axis_labels", "margin_left", "margin_right")


Named = Mapping[str, Any]
"""Layers by the names that they had."""


def capture_view(viewer: Any) -> dict[str, Any]:
    """Camera, dims, grid, overlays, title, links and selection, each as JSON or Untold."""
    return each_told({name: partial(_json, tell, viewer) for name, tell in TOLD.items()})


def restore_view(viewer: Any, view: Mapping[str, Any], named: Named) -> list[str]:
    """Put back what `capture_view` gave of the layers that are there, by the names they had.

    Gives the names of what stays as it is.
    """
    stays = []
    for name, put_back in PUT_BACK.items():
        if name in view:
            stays += attempt(name, partial(put_back, viewer, view[name], named))
    return stays


def _json(tell: Callable[[Any], Any], viewer: Any) -> Any:
    told = tell(viewer)
    # What is no JSON would keep all else from being saved.
    dumps(told)
    return told


def _describe_grid(viewer: Any) -> dict[str, Any]:
    grid = grid_of(viewer)
    return {name: getattr(grid, name) for name in GRID if hasattr(grid, name)}


def _describe_dims(viewer: Any) -> dict[str, Any]:
    dims = viewer.dims
    there = [name for name in SAVED_DIMS if hasattr(dims, name)]
    return {name: np.asarray(getattr(dims, name)).tolist() for name in there}


def _describe_active(viewer: Any) -> str | None:
    active = viewer.layers.selection.active
    return None if active is None else active.name


def _describe_selected(viewer: Any) -> list[str]:
    return [layer.name for layer in viewer.layers if layer in viewer.layers.selection]


TOLD: dict[str, Callable[[Any], Any]] = {
    "grid": _describe_grid,
    "camera": describe_camera,
    "dims": _describe_dims,
    "overlays": describe_overlays,
    "active": _describe_active,
    "selected": _describe_selected,
    "links": lambda viewer: describe_links(viewer.layers),
    "title": lambda viewer: str(viewer.title),
    "begun": lambda viewer: begun_with(viewer.layers),
}
"""How each part of a view is told; `begun` is which layers its command has opened."""


def _restore_dims(viewer: Any, dims: Any, named: Named) -> list[str]:
    fitting = {
        name: value
        for name, value in dims.items()
        if name == "ndisplay" or len(value) == viewer.dims.ndim
    }
    return set_each("dims", viewer.dims, fitting)


def _restore_camera(viewer: Any, camera: Any, named: Named) -> list[str]:
    # One that is nowhere would keep napari from drawing, from one session to the next.
    return set_each("camera", camera_of(viewer), camera) if is_somewhere(camera) else []


def _restore_active(viewer: Any, active: Any, named: Named) -> None:
    viewer.layers.selection.active = named.get(active)


def _restore_selected(viewer: Any, selected: Any, named: Named) -> None:
    if there := [named[name] for name in selected if name in named]:
        viewer.layers.selection = there


def _restore_title(viewer: Any, title: Any, named: Named) -> None:
    viewer.title = str(title)


PUT_BACK: dict[str, Callable[[Any, Any, Named], Iterable[str] | None]] = {
    "dims": _restore_dims,
    "overlays": lambda viewer, overlays, named: restore_overlays(viewer, overlays),
    # A change of the grid moves the camera.
    "grid": lambda viewer, grid, named: set_each("grid", grid_of(viewer), grid),
    "camera": _restore_camera,
    "active": _restore_active,
    "selected": _restore_selected,
    "links": lambda viewer, links, named: restore_links(links or [], named),
    "title": _restore_title,
}
"""How each is put back, in the order in which they have to be."""
