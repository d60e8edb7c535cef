"""When a scene rests. Tested by tests/x11/test_motion.py."""

from __future__ import annotations

import time
from collections.abc import Callable

from qtpy.QtCore import Qt, QTimer
from qtpy.QtWidgets import QApplication

REST = 0.1
"""Seconds without a change after which the scene rests."""
HELD = 0.5
"""The same while a mouse button is held, since a drag is likely to go on."""


class Rest:
    """Calls `slowed` when nothing has changed for 0.1 s, and `settled` when the scene rests.

    It rests when nothing that would change it waits in the event loop either: a slow frame may
    have kept moves of the mouse waiting.
    """

    def __init__(self, slowed: Callable[[], None], settled: Callable[[], object]) -> None:
        self._slowed = slowed
        self._settled = settled
        self._changed_at = 0.0
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)

    def changed(self) -> None:
        """Note that the scene is another one."""
        self._changed_at = time.perf_counter()

    def await_(self) -> None:
        """Call when the scene rests."""
        self._timer.start(round(REST * 1000))

    def stop(self) -> None:
        """Do not call, but for what has slowed down."""
        self._timer.stop()
        self._slowed()

    @property
    def moving(self) -> bool:
        """Whether the scene has changed just now, and `slowed` will be called."""
        return self._timer.isActive() and time.perf_counter() - self._changed_at < REST

    @property
    def awaited(self) -> bool:
        """Whether `settled` is still to come."""
        return bool(self._timer.isActive())

    def _look(self) -> None:
        held = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        changed, now = self._changed_at, time.perf_counter()
        if now - changed >= REST:
            self._slowed()
        if now - changed < (HELD if held else REST):
            self._timer.start(round(REST / 2 * 1000))
        else:
            QTimer.singleShot(0, lambda: self._settle(changed))

    def _settle(self, changed: float) -> None:
        if changed == self._changed_at:
            self._settled()
