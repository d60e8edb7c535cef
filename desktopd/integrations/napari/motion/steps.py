"""One slicing for a step of a slider, for which napari asks twice.

It does so since a point that `Dims` itself corrects is told by `current_step` alone.
Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from typing import Any


class Steps:
    """Slices the layers of a viewer at each of its points once; raises AttributeError where
    napari asks otherwise.
    """

    def __init__(self, viewer: Any) -> None:
        self._dims, self._slice = viewer.dims, viewer._update_layers
        self._sliced: Any = None
        events = self._dims.events
        events.current_step.disconnect(self._slice)
        # Callbacks that come later are called first, and napari slices at this event.
        events.point.connect(self._note)
        events.current_step.connect(self._stepped)

    def _note(self, event: Any = None) -> None:
        self._sliced = self._dims.point

    def _stepped(self, event: Any = None) -> None:
        if self._dims.point != self._sliced:
            self._note()
            self._slice()
