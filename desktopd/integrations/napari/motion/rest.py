"""When a scene rests. Tested by tests/x11/test_motion.py."""

from __future__ import annotations

import time
from collections.abc import Callable

from qtpy.QtCore import Qt, QTimer
from qtpy.QtWidgets import QApplication

REST = 0.1
"""Seconds without a change after which the scene rests."""
RELEASED = 0.004
"""The same after a mouse button was released, which ends a drag."""
HELD = 0.5
"""The same while a mouse button is held, since a drag is likely to go on."""

TURN = 1
"""Milliseconds in which what waits in the event loop is heard."""


class Rest:
    """Calls `slowed` when nothing has changed for 0.1 s, and `settled` when the scene rests.

    It rests when nothing that would change it waits in the event loop either: a slow frame may
    have kept moves of the mouse waiting.
    """

    def __init__(self, slowed: Callable[[], None], settled: Callable[[], object]) -> None:
        self._slowed = slowed
        self._settled = settled
        self._changed_at = self._released_at = 0.0
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        self._awaited = False

    def changed(self) -> None:
        """Note that the scene is another one."""
        self._changed_at = time.perf_counter()

    def released(self) -> None:
        """Note that a mouse button was released over the scene."""
        self._released_at = time.perf_counter()
        if self._awaited:
            self._timer.start(round(RELEASED * 1000))

    def await_(self) -> None:
        """Call when the scene rests."""
        self._awaited = True
        self._timer.start(round(self._rest * 1000))

    @property
    def _rest(self) -> float:
        return RELEASED if time.perf_counter() - self._released_at < REST else REST

    def stop(self) -> None:
        """Do not call, but for what has slowed down."""
        self._timer.stop()
        self._awaited = False
        self._slowed()

    @property
    def moving(self) -> bool:
        """Whether the scene has changed just now, and `slowed` will be called."""
        return self._awaited and time.perf_counter() - self._changed_at < REST

    def _look(self) -> None:
        changed = self._changed_at
        if time.perf_counter() - changed < self._rest:
            self._timer.start(round(self._rest / 2 * 1000))
        else:
            QTimer.singleShot(TURN, lambda: self._rests_since(changed))

    def _rests_since(self, changed: float) -> None:
        if not self._awaited:
            return
        if changed != self._changed_at:
            self._timer.start(round(REST / 2 * 1000))
            return
        self._slowed()
        held = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if held and time.perf_counter() - changed < HELD:
            self._timer.start(round(REST / 2 * 1000))
            return
        self._awaited = False
        self._settled()
