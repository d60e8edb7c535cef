"""What went wrong in napari: the last uncaught errors, and the one that ends the process.

Tested by tests/browser/test_companion.py.
"""

from __future__ import annotations

import faulthandler
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

KEPT = 20
LONGEST = 16_384


@dataclass(frozen=True)
class UncaughtError:
    """One error: `time` in seconds since 1970, `traceback` as Python prints it, at most 16 KiB."""

    time: float
    message: str
    traceback: str

    @classmethod
    def of(cls, error: BaseException) -> UncaughtError:
        """What is to be told of an exception."""
        lines = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        return cls(time.time(), f"{type(error).__name__}: {error}"[:1000], lines[-LONGEST:])


class ErrorLog:
    """Keeps the last errors, whichever thread they happen in; `changed` is called at each.

    An error that no event loop takes, and a crash of the interpreter itself, is written to
    `last_words`, where it outlives the process.
    """

    def __init__(self, last_words: Path, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._errors: deque[UncaughtError] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self._file = last_words.open("w", encoding="utf-8")
        if not faulthandler.is_enabled():
            faulthandler.enable(self._file)
        # While its event loop runs, napari has a hook of its own in this place.
        self._hook = sys.excepthook
        sys.excepthook = self._ends

    def follow_napari(self) -> None:
        """Hear of what napari catches in its event loop and shows as notifications."""
        from napari.utils.notifications import notification_manager

        notification_manager.notification_ready.connect(self._notified)

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The last errors, the latest last. To be called in any thread."""
        with self._lock:
            return [asdict(error) for error in self._errors]

    def _notified(self, notification: Any) -> None:
        error = getattr(notification, "exception", None)
        if isinstance(error, BaseException):
            self._note(UncaughtError.of(error))

    def _ends(
        self,
        kind: type[BaseException],
        error: BaseException,
        where: TracebackType | None,
    ) -> None:
        if not isinstance(error, KeyboardInterrupt):
            uncaught = UncaughtError.of(error)
            self._note(uncaught)
            self._file.write(uncaught.traceback)
            self._file.flush()
        self._hook(kind, error, where)

    def _note(self, error: UncaughtError) -> None:
        with self._lock:
            self._errors.append(error)
        self._changed()
