"""One drawing for a turn of the camera: napari asks all layers for another one behind it.

Only what is lit from the camera's side looks otherwise then, as surfaces do. Tested by
tests/x11/test_motion.py.
"""

from __future__ import annotations

from typing import Any

from napari._vispy.layers.base import VispyBaseLayer


def draw_turn_once(canvas: Any) -> None:
    """Have nobody ask where no layer is lit so; raises AttributeError where napari tells none."""
    original = canvas._on_view_direction_change

    def changed() -> None:
        if any(map(_is_lit, canvas.layer_to_visual.values())):
            original()

    canvas._on_view_direction_change = changed


def _is_lit(visual: Any) -> bool:
    heard = type(visual)._on_view_direction_change
    return bool(heard is not VispyBaseLayer._on_view_direction_change)
