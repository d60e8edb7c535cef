"""When Qt composes the window around a canvas: later, while pictures are painted past it.

Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import QCoreApplication, QEvent, QObject, QTimer

COMPOSES = frozenset({QEvent.Type.UpdateRequest, QEvent.Type.Expose, QEvent.Type.Paint})
"""Events after which Qt composes a window, with what it has of the canvas."""
LATEST = 0.5
"""Seconds after which it is composed in any case."""


class Composition(QObject):  # type: ignore[misc]
    """That of one window at a time.

    `stale` is called when Qt is about to compose the window; `waits` tells whether it may wait.
    `kept` is called soon after it began to wait.
    """

    def __init__(
        self, stale: Callable[[], None], waits: Callable[[], bool], kept: Callable[[], None]
    ) -> None:
        super().__init__()
        self.held: Any = None
        """The widget in which the user holds a mouse button."""
        self._stale = stale
        self._waits = waits
        self._kept = kept
        self._window: Any = None
        self._holder: Any = None
        self._wanted = self._due = False
        self._latest = QTimer()
        self._latest.setSingleShot(True)
        self._latest.timeout.connect(self.release)

    @property
    def wanted(self) -> bool:
        """Whether it waits: some widget is not seen as it is."""
        return self._wanted

    def follow(self, window: Any, holder: Any) -> None:
        """Be told of an X window, and of the widget that it shows."""
        for watched in (self._window, self._holder):
            if watched is not None:
                watched.removeEventFilter(self)
        self.release()
        self._window, self._holder, self.held = window, holder, None
        for watched in (window, holder):
            watched.installEventFilter(self)

    def release(self) -> None:
        """Let Qt compose what has waited."""
        self._latest.stop()
        if self._wanted:
            self._wanted, self._due = False, True
            # Qt takes its own request for sent still.
            QCoreApplication.postEvent(self._holder, QEvent(QEvent.Type.UpdateRequest))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - as Qt names it
        """Keep Qt's request to compose where it may wait; let every other event pass."""
        kind = event.type()
        if watched is self._window:
            self._note_press(kind, event)
        elif kind == QEvent.Type.UpdateRequest and not self._due and self._waits():
            self._keep()
            return True
        if kind in COMPOSES:
            self._wanted = self._due = False
            self._stale()
        return False

    def _keep(self) -> None:
        if not self._wanted:
            self._wanted = True
            self._latest.start(round(LATEST * 1000))
            QTimer.singleShot(0, self._kept)

    def _note_press(self, kind: QEvent.Type, event: Any) -> None:
        if kind == QEvent.Type.MouseButtonPress:
            self.held = self._holder.childAt(event.position().toPoint())
        elif kind == QEvent.Type.MouseButtonRelease:
            self.held = None
