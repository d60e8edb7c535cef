"""Keeps the session of the viewers of one process: restores it once, saves it, or ends it.

Tested by tests/unit/integrations/napari/session/test_keeper.py.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qtpy.QtCore import QCoreApplication

from desktopd.integrations.napari.changes import Changes
from desktopd.integrations.napari.main_thread import MainThread
from desktopd.integrations.napari.session.autosave import Autosave
from desktopd.integrations.napari.session.claim import claim, lock_of
from desktopd.integrations.napari.session.document import MOST_LAYERS
from desktopd.integrations.napari.session.earlier import NOTHING, PutBack
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.reading import note_readings
from desktopd.integrations.napari.session.restore import Restoring, unrestored_of, view_of
from desktopd.integrations.napari.session.restored import KEPT, Restored
from desktopd.integrations.napari.session.viewer_key import (
    ViewerKey,
    is_of_this_command,
    key_of,
    recorded_key,
)

SURVIVED = 2.0
"""Seconds after which a restored session is not what ends the process."""
PAUSES = (0.1, 0.4, 1.0)
"""Seconds after which a session that a disk does not give is asked for again."""
WAITS = "it is of viewer {} that the command opens, and comes back in that one"

log = logging.getLogger(__name__)


class Keeper:
    """The saved session of a process, in `folder`.

    Whoever closes napari has ended the session; after every other end it is there again.
    """

    def __init__(self, main: MainThread, folder: Path) -> None:
        """`folder`, or one beside it, is this process's; where that cannot be had yet, later."""
        self._main = main
        self._folder = SessionFolder(folder, claim)
        self._autosave: Autosave | None = None
        self._restored: Restored | None = None
        self._seen = 0
        note_readings()
        try:
            self._folder.claim()
        except OSError as error:
            log.warning("desktopd: the session's folder cannot be had yet: %s", error)

    @property
    def own(self) -> tuple[Path, ...]:
        """What this process reads and writes there."""
        return self._folder.folder, lock_of(self._folder.folder)

    @property
    def state(self) -> dict[str, Any]:
        """What was restored, and when the session was last saved; may be read in any thread."""
        autosave, restored = self._autosave, self._restored
        if self._folder.never is not None:
            restored = Restored()
            restored.miss("session", self._folder.never)
        return {
            "session": self._folder.folder.name,
            "restored": None if restored is None else asdict(restored),
            "saved": None
            if autosave is None
            else {
                "time": autosave.saved_at,
                "pending": autosave.is_pending or autosave.is_saving,
                "error": autosave.error,
                "not_kept": autosave.not_kept,
                "longest_slice": autosave.longest_slice,
            },
        }

    def keep(self, viewer: Any, changes: Changes, told: Callable[[], None]) -> None:
        """Restore the session of `viewer`, if there is one, and save it at `changes`.

        `told` is called when `state` is another.
        """
        if self._autosave is None:
            QCoreApplication.instance().aboutToQuit.connect(self._end)
        else:
            self._autosave.stop()
        self._seen += 1
        key = key_of(viewer, self._seen)
        self._restored = None
        back = self._put_back(viewer, key)
        self._tell_waiting()
        self._autosave = Autosave(self._main, self._folder, viewer, told, key=key, back=back)
        changes.add(self._autosave.changed)

    def save(self) -> Future[dict[str, Any]]:
        """Save now; the Future gives `state`."""
        assert self._autosave is not None
        saved: Future[dict[str, Any]] = Future()
        self._autosave.save(lambda: saved.set_result(self.state))
        return saved

    def _put_back(self, viewer: Any, key: ViewerKey) -> PutBack:
        """Put back the session of a viewer, if there is one; gives what is back of it."""
        try:
            if self._seen == 1 and (saved := self._load()) is not None:
                self._folder.earlier.add(saved)
        except OSError as error:
            # It lies there, and is read again.
            self._tell_missed(["session"], str(error), KEPT)
        except ValueError as error:
            self._tell_missed(["session"], str(error))
        document = self._folder.earlier.take(key)
        return NOTHING if document is None else self._try(viewer, document)

    def _load(self) -> dict[str, Any] | None:
        for pause in PAUSES:
            try:
                return self._folder.load()
            except OSError as error:
                log.warning("desktopd: the session is read again in %s s: %s", pause, error)
                time.sleep(pause)
        return self._folder.load()

    def _try(self, viewer: Any, document: dict[str, Any]) -> PutBack:
        names = [one["name"] for one in [*document["layers"], *unrestored_of(document)]]
        try:
            if not self._folder.may_try():
                self._tell_missed(names, "putting it back has ended napari twice")
                return NOTHING
        except OSError as error:
            self._folder.earlier.add_unseen(document)
            self._tell_missed(["session"], str(error), KEPT)
            return NOTHING
        try:
            return self._restore(viewer, document)
        except Exception as error:
            log.exception("desktopd: the session is not restored")
            end = self._put_aside(document)
            self._tell_missed(names, f"{type(error).__name__}: {error}", end)
            return NOTHING

    def _restore(self, viewer: Any, document: dict[str, Any]) -> PutBack:
        same_command = is_of_this_command(document)
        restoring = Restoring(viewer, self._folder.blocks, same_command=same_command)
        self._restored = restoring.run(document)
        self._folder.earlier.add_unrestored(restoring.unrestored)
        self._main.later(SURVIVED, self._folder.tried)
        return PutBack(restoring.records, view_of(document))

    def _put_aside(self, document: dict[str, Any]) -> str:
        """Have a session lie beside; says where, or that it stays."""
        try:
            return f"; it lies in {self._folder.put_aside()}"
        except OSError as error:
            log.warning("desktopd: the session cannot be moved: %s", error)
            self._folder.earlier.add_unseen(document)
            return KEPT

    def _tell_missed(self, names: Sequence[str], reason: str, end: str = "") -> None:
        log.error("desktopd: the session is not restored: %s%s", reason, end)
        self._restored = Restored()
        for name in names[:MOST_LAYERS]:
            self._restored.miss(name, reason, end)

    def _tell_waiting(self) -> None:
        for session in self._folder.earlier.waiting:
            self._restored = self._restored or Restored()
            number = recorded_key(session).number
            self._restored.miss("session", WAITS.format(number))

    def _end(self) -> None:
        if self._autosave is not None:
            self._autosave.stop()
        self._folder.discard()
