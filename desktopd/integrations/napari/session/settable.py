"""What can be set of a layer beside what `Layer.as_layer_data_tuple` tells.

Tested by tests/unit/integrations/napari/session/test_settable.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import cache, partial
from typing import Any

import numpy as np

from desktopd.integrations.napari.session.each import each_told

NOT_KEPT = {
    "border_color_mode": "colouring.py keeps it",
    "current_properties": "are the feature_defaults",
    "cursor": "follows the mode",
    "cursor_size": "follows the mode",
    "data": "capture.py keeps it",
    "data_level": "follows the camera",
    "edge_color_mode": "colouring.py keeps it",
    "face_color_mode": "colouring.py keeps it",
    "faces": "is data",
    "help": "follows the mode",
    "keymap": "is functions",
    "mode": "is the tool in a hand, which nobody holds after a restart",
    "mouse_pan": "follows the mode",
    "mouse_zoom": "follows the mode",
    "n_dimensional": "is out_of_slice_display",
    "out_of_slice_display": "is the projection_mode, or in the state",
    "scale_factor": "follows the camera",
    "thumbnail": "follows the data",
    "track_colors": "follows color_by and the colormap",
    "vertex_values": "is data",
    "vertices": "is data",
}
"""Attributes that are not kept as they are, and why."""


@cache
def settable(kind: type) -> tuple[str, ...]:
    """The public attributes that can be set of layers of a class of napari's, or of one below.

    What a plugin adds may take long to get, or mean anything as it is set.
    """
    own = next(base for base in kind.__mro__ if base.__module__.startswith("napari.layers."))
    found = ((name, getattr(own, name)) for name in dir(own) if not name.startswith("_"))
    return tuple(name for name, one in found if isinstance(one, property) and one.fset is not None)


def describe_besides(layer: Any, state: Mapping[str, Any]) -> dict[str, Any]:
    """Those attributes of a layer that are not in its `state`, or Untold."""
    cls: Any = type(layer)
    names = [name for name in settable(cls) if name not in NOT_KEPT and name not in state]
    # What is current is set before, as it would be set of all that is selected.
    names.sort(key="selected_data".__eq__)
    return each_told({name: partial(_plain, layer, name) for name in names})


def _plain(layer: Any, name: str) -> Any:
    value = getattr(layer, name)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        # napari takes one number where it gives such an array.
        return value.item()
    return set(value) if isinstance(value, Set) else value
