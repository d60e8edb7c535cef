"""Saves the session soon after it changed: taken in the main thread, written in another.

Tested by tests/browser/test_companion_session.py.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from weakref import ReferenceType

from desktopd.integrations.napari import layers as described
from desktopd.integrations.napari.main_thread import MainThread
from desktopd.integrations.napari.protocol import told
from desktopd.integrations.napari.session.capture import (
    EDITABLE,
    Captured,
    capture,
    capture_failed,
    capture_view,
    encode_layer,
)
from desktopd.integrations.napari.session.folder import SessionFolder

QUIET = 1.0
"""Seconds without a change after which a save starts."""
LONGEST = 8.0
"""Seconds after which it starts although changes go on."""
SHARE = 10
"""A save is followed by so many times its length without one."""
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
        self._main = main
        self._folder = folder
        self._viewer = viewer
        self._told = told
        self._unrestored = list(unrestored)
        self._writer = ThreadPoolExecutor(1, "desktopd autosave", initializer=_give_way)
        self._records: dict[int, dict[str, Any]] = {}
        # A layer that is known lives, so that no other gets its id.
        self._known: dict[int, tuple[Any, ReferenceType[Any] | None]] = {}
        self._changed: set[int] = set()
        self._first = self._last = 0.0
        self._not_before = 0.0
        self._waits = self._stopped = False
        self._waiting: list[Done] = []
        self.is_pending = self.is_saving = False
        self.saved_at: float | None = None
        self.error: str | None = None
        self.not_kept: list[dict[str, str]] = []
        self.longest_slice = 0.0

    def changed(self, layer: Any) -> None:
        """Note that `layer`, or with None the viewer, may have changed."""
        now = time.monotonic()
        if layer is not None:
            self._changed.add(id(layer))
            if id(layer) not in self._known:
                self._known[id(layer)] = layer, _read_data(layer)
        if not self.is_pending:
            self.is_pending, self._first = True, now
        self._last = now
        self._wait()

    def save(self, done: Done) -> None:
        """Save now what is not saved yet, then call `done`."""
        self._waiting.append(done)
        if not self.is_pending and not self.is_saving:
            self._tell()
        elif not self.is_saving:
            self._start()

    def stop(self) -> None:
        """Save no more; what is being written is given up."""
        self._stopped = True
        self._writer.shutdown(wait=True, cancel_futures=True)

    def _wait(self) -> None:
        if self._waits or self.is_saving or self._stopped:
            return
        self._waits = True
        due = max(min(self._last + QUIET, self._first + LONGEST), self._not_before)
        self._main.later(max(0.0, due - time.monotonic()), self._due)

    def _due(self) -> None:
        self._waits = False
        now = time.monotonic()
        if not self.is_pending or self.is_saving:
            return
        if now < min(self._last + QUIET, self._first + LONGEST):
            self._wait()
        else:
            self._start()

    def _start(self) -> None:
        self.is_saving, self.is_pending = True, False
        changed, self._changed = self._changed, set()
        layers = list(self._viewer.layers)
        for key in self._known.keys() - {id(layer) for layer in layers}:
            del self._known[key]
            self._records.pop(key, None)
        self._take(layers, changed, {})

    def _take(self, layers: list[Any], changed: set[int], taken: dict[int, Captured]) -> None:
        """Take what has changed of `layers`, for a moment; then go on in another turn."""
        if self._stopped:
            return
        started = time.monotonic()
        for layer in layers:
            key = id(layer)
            if key in taken or (key in self._records and key not in changed):
                continue
            taken[key] = self._captured(layer)
            if time.monotonic() - started > SLICE:
                self._main.later(0, lambda: self._take(layers, changed, taken))
                break
        else:
            view = capture_view(self._viewer)
            order = [id(layer) for layer in layers]
            self._writer.submit(self._write, order, taken, view)
        self.longest_slice = max(self.longest_slice, time.monotonic() - started)

    def _captured(self, layer: Any) -> Captured:
        _, read = self._known.get(id(layer), (layer, None))
        try:
            return capture(layer, replaced=read is not None and layer.data is not read())
        except Exception as error:
            # A plugin's layer may be anything, and is no reason to save none of the others.
            log.warning("desktopd: layer %r is not saved", layer.name, exc_info=True)
            return capture_failed(layer, error)

    def _write(self, order: list[int], taken: dict[int, Captured], view: dict[str, Any]) -> None:
        started, error = time.monotonic(), None
        records: dict[int, dict[str, Any]] = {}
        try:
            self._folder.make()
            for key, layer in taken.items():
                records[key] = encode_layer(layer, self._folder.blocks)
            layers = [records.get(key) or self._records[key] for key in order]
            self.not_kept = [
                {"name": told(layer["name"]), "reason": told(layer["lost"])}
                for layer in layers
                if layer["lost"]
            ]
            self._folder.commit(
                {
                    "argv": sys.argv,
                    "layers": layers,
                    "view": view,
                    "unrestored": self._unrestored,
                }
            )
        except Exception as failed:
            error = told(str(failed))
            log.warning("desktopd: the session is not saved: %s", error)
            # The reason may hold for this too, and the main thread has to hear of it.
            with suppress(Exception):
                self._folder.drop_unsaved()
        length = time.monotonic() - started
        self._main.post(lambda: self._written(records, set(taken), error, length))

    def _written(
        self,
        records: dict[int, dict[str, Any]],
        taken: set[int],
        error: str | None,
        length: float,
    ) -> None:
        self.is_saving = False
        self._records |= records
        self._not_before = time.monotonic() + SHARE * length
        self.error = error
        if error is None:
            self.saved_at = time.time()
        else:
            # The next change brings the next try.
            self._changed |= taken
        if self._waiting and self.is_pending and error is None:
            self._start()
            return
        self._tell()
        if self.is_pending:
            self._wait()

    def _tell(self) -> None:
        self._told()
        waiting, self._waiting = self._waiting, []
        for done in waiting:
            done()


def _give_way() -> None:
    """Let the threads that draw go first (setpriority(2): on Linux a thread has its own nice)."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def _read_data(layer: Any) -> ReferenceType[Any] | None:
    """The data of a layer that a file holds, by which to see whether it was replaced."""
    if described.path(layer) is None or described.kind(layer) in EDITABLE:
        return None
    try:
        return weakref.ref(layer.data)
    except TypeError:
        return None
