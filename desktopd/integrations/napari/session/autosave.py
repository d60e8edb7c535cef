"""Saves the session soon after it changed: taken in the main thread, written in another.

Tested by tests/unit/integrations/napari/session/test_autosave.py.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from desktopd.integrations.napari import layers as described
from desktopd.integrations.napari import protocol
from desktopd.integrations.napari.main_thread import MainThread
from desktopd.integrations.napari.session.capture import (
    Captured,
    capture,
    capture_nothing,
    capture_view,
)
from desktopd.integrations.napari.session.data_as_read import DataAsRead
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.made import made_of, note_made
from desktopd.integrations.napari.session.reading import source_of
from desktopd.integrations.napari.session.rests import Key, Rests
from desktopd.integrations.napari.session.writer import Writer, Written

QUIET = 1.0
"""Seconds without a change after which a save starts."""
LONGEST = 8.0
"""Seconds after which it starts although changes go on."""
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 30.0
"""Seconds until what could not be saved is tried again; each time twice as long."""
SLICE = 0.01
"""Seconds for which the main thread takes layers before it does something else."""

log = logging.getLogger(__name__)

Done = Callable[[], None]


class Autosave:
    """Saves one viewer. Every method is to be called in the main thread.

    It is idle, waits for quiet, takes the layers one after the other, or writes. `told` is called
    after each save.
    """

    def __init__(
        self,
        main: MainThread,
        folder: SessionFolder,
        viewer: Any,
        told: Callable[[], None],
        *,
        unrestored: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """`unrestored` are records of layers that could not be put back, which stay as they are."""
        self._main = main
        self._viewer = viewer
        self._told = told
        self._writer = Writer(folder, unrestored)
        # What no session has put back was there before.
        note_made(viewer.layers)
        # A layer that is known lives, so that no other gets its id.
        self._known: dict[Key, tuple[Any, DataAsRead | None]] = {}
        self._changed: set[Key] = set()
        self._first = self._last = 0.0
        self._rests = Rests()
        self._due_at = math.inf
        self._not_before = 0.0
        self._pause = 0.0
        self._stopped = False
        self._waiting: list[Done] = []
        self._served: list[Done] = []
        self.is_pending = self.is_saving = False
        self.saved_at: float | None = None
        self.error: str | None = None
        self.not_kept: list[dict[str, str]] = []
        self.longest_slice = 0.0

    def changed(self, layer: Any) -> None:
        """Note that `layer`, or with None the viewer, may have changed."""
        now = time.monotonic()
        key = None if layer is None else id(layer)
        self._changed.add(key)
        if layer is not None and key not in self._known:
            self._known[key] = layer, _origin(layer)
        if not self.is_pending:
            self.is_pending, self._first = True, now
        self._last = now
        self._wait()

    def save(self, done: Done) -> None:
        """Save now what is not saved yet, then call `done`."""
        self._waiting.append(done)
        if self.is_saving:
            return
        if self.is_pending and not self._stopped:
            self._start()
        else:
            self._tell(self._waiting)

    def stop(self) -> None:
        """Save no more; what is being written is given up."""
        self._stopped = True
        self._writer.stop()
        self._tell(self._served)
        self._tell(self._waiting)

    def _wait(self) -> None:
        if self.is_saving or self._stopped or (when := self._when()) >= self._due_at:
            return
        self._due_at = when
        self._main.later(max(0.0, when - time.monotonic()), self._due)

    def _when(self) -> float:
        """When the next save is to start."""
        quiet = min(self._last + QUIET, self._first + LONGEST)
        return max(quiet, self._rests.until(self._changed), self._not_before)

    def _due(self) -> None:
        self._due_at = math.inf
        if not self.is_pending or self.is_saving:
            return
        if time.monotonic() < self._when():
            self._wait()
        else:
            self._start()

    def _start(self) -> None:
        """Save what has changed; what rests stays pending, but where somebody waits for a save."""
        self.is_saving = True
        self._served, self._waiting = self._waiting, []
        layers = list(self._viewer.layers)
        gone = self._known.keys() - {id(layer) for layer in layers}
        for key in gone:
            del self._known[key]
        self._writer.forget(gone)
        self._rests.end(gone)
        self._changed -= gone
        resting = set() if self._served else self._rests.resting(time.monotonic(), self._changed)
        changed, self._changed = self._changed - resting, resting
        self.is_pending = bool(resting)
        self._take(layers, changed, {})

    def _take(self, layers: list[Any], changed: set[Key], taken: dict[int, Captured]) -> None:
        """Take what has changed of `layers`, for a moment; then go on in another turn."""
        if self._stopped:
            return
        started = time.monotonic()
        for layer in layers:
            key = id(layer)
            if key in taken or (self._writer.has(key) and key not in changed):
                continue
            taken[key] = self._captured(layer)
            if time.monotonic() - started > SLICE:
                self._main.later(0, lambda: self._take(layers, changed, taken))
                break
        else:
            self._write([id(layer) for layer in layers], taken)
        self.longest_slice = max(self.longest_slice, time.monotonic() - started)

    def _write(self, order: list[int], taken: dict[int, Captured]) -> None:
        try:
            view = capture_view(self._viewer)
            self._writer.submit(order, taken, view, partial(self._post_written, set(taken)))
        except Exception as error:
            log.warning("desktopd: the viewer cannot be saved", exc_info=True)
            self._written(set(taken), Written(error=protocol.told(str(error))))

    def _post_written(self, taken: set[int], written: Written) -> None:
        self._main.post(lambda: self._written(taken, written))

    def _captured(self, layer: Any) -> Captured:
        _, origin = self._known.get(id(layer), (layer, None))
        try:
            return capture(layer, replaced=origin is not None and origin.is_replaced(layer.data))
        except Exception as error:
            # A plugin's layer may be anything, and is no reason to save none of the others.
            log.warning("desktopd: layer %r is not saved", layer.name, exc_info=True)
            why = f"{type(error).__name__}: {error}"
            return capture_nothing(layer.name, described.kind(layer), why, source_of(layer))

    def _written(self, taken: set[int], written: Written) -> None:
        self.is_saving = False
        self._rests.begin(time.monotonic(), written.lengths)
        self.error = written.error
        if written.error is None:
            self.saved_at, self.not_kept = time.time(), written.not_kept
            self._pause = 0.0
        else:
            self._changed |= taken
            self.is_pending = True
            self._pause = min(max(FIRST_PAUSE, 2 * self._pause), LONGEST_PAUSE)
            self._not_before = time.monotonic() + self._pause
        self._tell(self._served)
        if self._waiting and self.is_pending and written.error is None:
            self._start()
            return
        if self._waiting:
            self._tell(self._waiting)
        if self.is_pending:
            self._wait()

    def _tell(self, waiting: list[Done]) -> None:
        self._told()
        asked = [*waiting]
        waiting.clear()
        for done in asked:
            done()


def _origin(layer: Any) -> DataAsRead | None:
    """What the data of a layer is that a file or a script gave, to see whether it was replaced."""
    if source_of(layer) is None and made_of(layer) is None:
        return None
    try:
        return DataAsRead(layer)
    except Exception:
        log.warning("desktopd: nobody sees when %r is changed", layer.name, exc_info=True)
        return None
