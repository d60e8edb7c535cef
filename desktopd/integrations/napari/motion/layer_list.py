"""napari's list of layers, with their thumbnails, while the scene moves.

Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LATER = ("thumbnail", "set_data", "_extent_augmented")
"""Events of a layer for which napari paints the whole list: all three at each step of a slider."""


class LayerList:
    """Shows what has become of the layers' thumbnails, but not while `moving`. What is missed is
    shown when `catch_up` is called.
    """

    def __init__(self, canvas: Any, moving: Callable[[], bool]) -> None:
        self._moving = moving
        self._missed = False
        self._list = canvas.viewer.window._qt_viewer.layers
        model = self._list.model().sourceModel()
        self._hear = model._process_event
        # napari's emitters find the method by its name at each call.
        model._process_event = self._heard

    def catch_up(self) -> None:
        """Show the layers as they are, if that was missed."""
        if self._missed:
            self._missed = False
            self._list.viewport().update()

    def _heard(self, event: Any) -> None:
        if event.type in LATER and self._moving():
            self._missed = True
        else:
            self._hear(event)
