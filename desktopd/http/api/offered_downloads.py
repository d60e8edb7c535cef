"""What programs copied or dragged out of the desktop, as files that a client may download.

Tested by tests/unit/http/api/test_offered_downloads.py.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from starlette.requests import HTTPConnection

from desktopd.files.listing import FolderEntry
from desktopd.files.sharing import SharedFiles
from desktopd.http.api.file_access import FileAccess, disk_of
from desktopd.http.api.files import entry_json
from desktopd.http.api.served_session import ServedSession
from desktopd.http.problems import Problem, note_refusal
from desktopd.x11.selections.content import Content

MOST = 100
"""Files in one frame."""


class OfferedBy(StrEnum):
    """How a program offered files."""

    COPY = "copy"
    DRAG = "drag"


class OfferedDownloads:
    """The frames for one client with control; `files` None where they are switched off."""

    def __init__(self, files: SharedFiles | None, conn: HTTPConnection) -> None:
        self._files = files if files and FileAccess(files.rules, conn).download else None
        self._conn = conn
        self._offered: tuple[OfferedBy, tuple[Path, ...]] | None = None

    def subscribe(
        self, session: ServedSession, wake: Callable[[], None], subscriptions: ExitStack
    ) -> None:
        """Call `wake` when there is something to `take`."""

        def offer(by: OfferedBy, content: Content) -> None:
            if content.files:
                self._offered = (by, content.files)
                wake()

        copied, dragged = partial(offer, OfferedBy.COPY), partial(offer, OfferedBy.DRAG)
        subscriptions.callback(session.clipboard.on_offer(lambda one: copied(one.content)))
        subscriptions.callback(session.on_dragged_out(dragged))

    async def take(self) -> dict[str, Any] | None:
        """The frame for what was offered last; None where nothing is to be told.

        Who only copies has not asked for a download.
        """
        offered, self._offered = self._offered, None
        if offered is None:
            return None
        by, paths = offered
        if self._files is None:
            return self._refusal() if by is OfferedBy.DRAG else None
        disk = disk_of(self._files, self._conn)
        found = await disk.run(_find, self._files, paths[:MOST])
        if not found and by is OfferedBy.COPY:
            return None
        return {
            "type": "downloads",
            "by": by,
            "entries": [entry_json(one) for one in found],
            "left_out": len(paths) - len(found),
        }

    def _refusal(self) -> dict[str, Any]:
        problem = Problem(
            403, "what was dragged out cannot be downloaded here", "start desktopd with files=both"
        )
        note_refusal(self._conn, problem)
        return {"type": "error", **problem.json(self._conn)}


def _find(files: SharedFiles, paths: tuple[Path, ...]) -> list[FolderEntry]:
    return [found for path in paths if (found := files.find(path)) is not None]
