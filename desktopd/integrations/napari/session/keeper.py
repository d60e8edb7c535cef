"""Keeps the session of the viewers of one process: restores it once, saves it, or ends it.

Tested by tests/browser/test_companion_session.py.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
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
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.reading import note_readings
from desktopd.integrations.napari.session.restore import Restoring, unrestored_of, view_of
from desktopd.integrations.napari.session.restored import KEPT, Restored
from desktopd.integrations.napari.session.viewer_key import (
    ViewerKey,
    as_json,
    choose,
    is_of_this_command,
    key_of,
    recorded_key,
    sessions_of,
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
        self._unrestored: list[dict[str, Any]] = []
        self._records: list[tuple[Any, dict[str, Any]]] = []
        self._seen = 0
        self._waiting: list[dict[str, Any]] = []
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
        self._put_back(viewer, key)
        self._tell_waiting()
        self._autosave = Autosave(
            self._main,
            self._folder,
            viewer,
            told,
            unrestored=self._unrestored,
            records=self._records,
            beside=as_json(key, self._waiting),
        )
        # Another viewer has none of those layers.
        self._records = []
        changes.add(self._autosave.changed)

    def save(self) -> Future[dict[str, Any]]:
        """Save now; the Future gives `state`."""
        assert self._autosave is not None
        saved: Future[dict[str, Any]] = Future()
        self._autosave.save(lambda: saved.set_result(self.state))
        return saved

    def _put_back(self, viewer: Any, key: ViewerKey) -> None:
        try:
            document = self._session_of(key)
            if document is None:
                return
            names = [one["name"] for one in [*document["layers"], *unrestored_of(document)]]
            if not self._folder.may_try():
                self._waiting = []
                self._tell_missed(names, "putting it back has ended napari twice")
                return
        except OSError as error:
            # They lie there, and are read again.
            self._waiting = []
            self._tell_missed(["session"], str(error), KEPT)
            return
        except ValueError as error:
            self._tell_missed(["session"], str(error))
            return
        try:
            self._restore(viewer, document)
        except Exception as error:
            log.exception("desktopd: the session is not restored")
            self._waiting = []
            self._tell_missed(names, f"{type(error).__name__}: {error}", self._put_aside())

    def _session_of(self, key: ViewerKey) -> dict[str, Any] | None:
        """The session of a viewer, which then waits no more; others do, which is told.

        Raises what `SessionFolder.load` does.
        """
        if self._seen == 1:
            document = self._load()
            sessions = [] if document is None else sessions_of(document)
            self._waiting = [one for one in sessions if _has_any(one)]
        chosen = choose(self._waiting, key, is_of_this_command)
        self._waiting = [one for one in self._waiting if one is not chosen]
        return chosen

    def _load(self) -> dict[str, Any] | None:
        for pause in PAUSES:
            try:
                return self._folder.load()
            except OSError as error:
                log.warning("desktopd: the session is read again in %s s: %s", pause, error)
                time.sleep(pause)
        return self._folder.load()

    def _restore(self, viewer: Any, document: dict[str, Any]) -> None:
        same_command = is_of_this_command(document)
        restoring = Restoring(viewer, self._folder.blocks, same_command=same_command)
        self._restored = restoring.run(document)
        # Of a viewer before this one nobody has ended what could not be put back.
        self._unrestored += restoring.unrestored
        self._records = restoring.records
        self._main.later(SURVIVED, self._folder.tried)

    def _put_aside(self) -> str:
        """Have the session lie beside; says where, or that it stays."""
        try:
            return f"; it lies in {self._folder.put_aside()}"
        except OSError as error:
            log.warning("desktopd: the session cannot be moved: %s", error)
            return KEPT

    def _tell_missed(self, names: Sequence[str], reason: str, end: str = "") -> None:
        log.error("desktopd: the session is not restored: %s%s", reason, end)
        self._restored = Restored()
        for name in names[:MOST_LAYERS]:
            self._restored.miss(name, reason, end)

    def _tell_waiting(self) -> None:
        for session in self._waiting:
            self._restored = self._restored or Restored()
            number = recorded_key(session).number
            self._restored.miss("session", WAITS.format(number))

    def _end(self) -> None:
        if self._autosave is not None:
            self._autosave.stop()
        self._unrestored = []
        self._folder.discard(self._waiting)


def _has_any(document: Mapping[str, Any]) -> bool:
    """Whether there are layers, or were before its user removed them all."""
    return bool(document["layers"] or unrestored_of(document) or view_of(document).get("begun"))
