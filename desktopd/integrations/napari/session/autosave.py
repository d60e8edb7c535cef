"""Saves the session soon after it changed: taken in the main thread, written in another.

Tested by tests/unit/integrations/napari/session/test_autosave.py.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

from desktopd.integrations.napari.main_thread import MainThread
from desktopd.integrations.napari.session.capture import Captured
from desktopd.integrations.napari.session.each import settled
from desktopd.integrations.napari.session.earlier import NOTHING, PutBack
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.made import note_made
from desktopd.integrations.napari.session.rests import Key, Rests
from desktopd.integrations.napari.session.taking import Taking
from desktopd.integrations.napari.session.viewed import capture_view
from desktopd.integrations.napari.session.viewer_key import FIRST, ViewerKey
from desktopd.integrations.napari.session.writer import Writer
from desktopd.integrations.napari.session.written import Written

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
        key: ViewerKey = FIRST,
        back: PutBack = NOTHING,
    ) -> None:
        """`key` is that of the viewer, and `back` what was saved of what is back in it."""
        self._main = main
        self._viewer = viewer
        self._told = told
        records = ((id(layer), one) for layer, one in back.records)
        view, _ = settled(capture_view(viewer), back.view)
        self._writer = Writer(folder, key, records, view)
        # What no session has put back was there before.
        note_made(viewer.layers)
        self._taking = Taking()
        self._changed: set[Key] = set()
        self._first = self._last = 0.0
        self._rests = Rests()
        self._due_at = math.inf
        self._not_before = 0.0
        self._pause = 0.0
        self._stopped = self._everything_next = False
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
        if layer is not None:
            self._taking.follow(layer)
        if not self.is_pending:
            self.is_pending, self._first = True, now
        self._last = now
        self._wait()

    def save(self, done: Done) -> None:
        """Save now all that there is, also what gave no event, then call `done`."""
        self._waiting.append(done)
        if self._stopped:
            self._tell(self._waiting)
        elif not self.is_saving:
            self._start()

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
        """Save what has changed; what rests stays pending, but where somebody waits for a save.

        To them a second save is due, of everything: what is known to have changed lies on the disk
        before that, which may take long, or never end.
        """
        self.is_saving = True
        layers = list(self._viewer.layers)
        gone = self._taking.forget_all_but(layers)
        self._writer.forget(gone)
        self._rests.end(gone)
        self._changed -= gone
        is_awaited = bool(self._waiting)
        everything = is_awaited and (self._everything_next or not self._changed)
        self._everything_next = is_awaited and not everything
        if everything:
            self._served, self._waiting = self._waiting, []
            self._changed = {None, *map(id, layers)}
        resting = set() if is_awaited else self._rests.resting(time.monotonic(), self._changed)
        changed, self._changed = self._changed - resting, resting
        self.is_pending = bool(resting)
        self._take(layers, iter(layers), changed, {})

    def _take(
        self,
        layers: list[Any],
        remaining: Iterator[Any],
        changed: set[Key],
        taken: dict[int, Captured],
    ) -> None:
        """Take what has changed of `remaining`, for a moment; then go on in another turn."""
        if self._stopped:
            return
        started = time.monotonic()
        try:
            for layer in remaining:
                if self._is_to_take(layer, changed):
                    taken[id(layer)] = self._taking.take(layer)
                if time.monotonic() - started > SLICE:
                    self._main.later(0, lambda: self._take(layers, remaining, changed, taken))
                    break
            else:
                order, view = [id(layer) for layer in layers], capture_view(self._viewer)
                self._writer.submit(order, taken, view, self._post_written)
        except Exception as error:
            log.warning("desktopd: the viewer cannot be saved", exc_info=True)
            written = Written()
            written.miss({*changed, *taken}, str(error) or repr(error))
            self._written(written)
        self.longest_slice = max(self.longest_slice, time.monotonic() - started)

    def _is_to_take(self, layer: Any, changed: set[Key]) -> bool:
        key = id(layer)
        if key in changed or not self._writer.has(key):
            return True
        if key in self._changed:
            return False
        is_rested = self._rests.until({key}) <= time.monotonic()
        return (self._writer.has_failed(key) and is_rested) or self._taking.is_another(layer)

    def _post_written(self, written: Written) -> None:
        self._main.post(lambda: self._written(written))

    def _written(self, written: Written) -> None:
        self.is_saving = False
        self._rests.begin(time.monotonic(), written.lengths)
        self.error = written.error
        if written.is_there:
            self.saved_at, self.not_kept = time.time(), written.not_kept
        if written.error is None:
            self._pause = 0.0
        else:
            self._changed |= written.missed
            self.is_pending = True
            self._pause = min(max(FIRST_PAUSE, 2 * self._pause), LONGEST_PAUSE)
            self._not_before = time.monotonic() + self._pause
            self._everything_next = False
        self._tell(self._served)
        if self._waiting and written.error is None:
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
