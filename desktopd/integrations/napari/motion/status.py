"""napari's status bar, which tells the value below the pointer, while the scene moves.

Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Status:
    """Follows the pointer, but not while `moving`: looking up a value and composing the window for
    the text take longer than a frame. What is missed is told when `catch_up` is called.
    """

    def __init__(self, canvas: Any, moving: Callable[[], bool]) -> None:
        self._moving = moving
        self._missed = False
        self._update: Callable[[], None] = lambda: None
        thread = getattr(canvas.native.window(), "status_thread", None)
        if thread is not None:
            # napari's emitters find the method by its name at each call.
            self._update = thread.trigger_status_update
            thread.trigger_status_update = self._trigger

    def catch_up(self) -> None:
        """Tell the value below the pointer, if it was missed."""
        if self._missed:
            self._missed = False
            self._update()

    def _trigger(self, event: Any = None) -> None:
        self._missed = self._moving()
        if not self._missed:
            self._update()
