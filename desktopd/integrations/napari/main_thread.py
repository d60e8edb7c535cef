"""The Qt main thread, the only one that may touch napari.

Tested by tests/browser/test_companion.py.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from qtpy.QtCore import QObject, Qt, QTimer, Signal
from qtpy.QtWidgets import QApplication

log = logging.getLogger(__name__)


class MainThread(QObject):  # type: ignore[misc]
    """Runs callables in the thread that made it, in turn, also before its event loop starts."""

    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._ident = threading.get_ident()
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    @property
    def is_current(self) -> bool:
        """Whether the caller runs in this thread."""
        return threading.get_ident() == self._ident

    @property
    def loops(self) -> bool:
        """Whether an event loop runs: a dialog's, or else that in which the command line ends."""
        return bool(self.thread().loopLevel())

    @property
    def has_dialog(self) -> bool:
        """Whether a modal dialog is open: a script may wait for it, and go on after that."""
        return QApplication.activeModalWidget() is not None

    def post(self, call: Callable[[], object]) -> None:
        """Run `call` soon. To be called in any thread."""
        self._posted.emit(call)

    def later(self, seconds: float, call: Callable[[], object]) -> None:
        """Run `call` after so many seconds. To be called in this thread, when the loop runs."""
        QTimer.singleShot(round(seconds * 1000), lambda: self._run(call))

    def _run(self, call: Callable[[], object]) -> None:
        try:
            call()
        except Exception:
            # An exception that leaves a slot ends a PyQt process.
            log.exception("%r failed", call)
