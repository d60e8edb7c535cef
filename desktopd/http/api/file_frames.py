"""What the events tell one client of files: where something has changed, and results.

Tested by tests/unit/http/api/test_events.py.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from starlette.requests import HTTPConnection

from desktopd.files.listing import FolderEntry
from desktopd.files.sharing import SharedFiles
from desktopd.http.api.file_access import FileAccess
from desktopd.http.api.files import entry_json


class FileFrames:
    """Collects what is to be told, within what the client of `conn` may know."""

    def __init__(self, files: SharedFiles | None, conn: HTTPConnection) -> None:
        access = FileAccess(files.rules, conn) if files else None
        self._files = files if access and access.list else None
        self._results = files.results if files and access and access.download else None
        self._changed: set[str] = set()
        self._told: tuple[FolderEntry, ...] | None = None

    def subscribe(self, wake: Callable[[], None], subscriptions: ExitStack) -> None:
        """Call `wake` whenever there is something to tell."""

        def on_change(folder: str) -> None:
            self._changed.add(folder)
            wake()

        if self._files is not None:
            subscriptions.callback(self._files.changes.add(on_change))
        if (results := self._results) is not None:
            folder = str(results.folder)
            subscriptions.callback(results.changes.add(lambda: on_change(folder)))

    def take(self) -> dict[str, Any] | None:
        """The next frame; None where there is nothing to tell."""
        results = self._results.files if self._results else None
        if not self._changed and results == self._told:
            return None
        frame: dict[str, Any] = {"type": "files", "folders": sorted(self._changed)}
        if results is not None and results != self._told:
            frame["results"] = [entry_json(one) for one in results]
        self._changed.clear()
        self._told = results
        return frame
