"""What programs copied or dragged out of the desktop, as files that a client may download.

Tested by tests/unit/http/api/test_offered_downloads.py.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any

from desktopd.files.listing import FolderEntry
from desktopd.files.sharing import SharedFiles
from desktopd.http.api.file_access import FileAccess
from desktopd.http.api.files import entry_json
from desktopd.http.problems import Problem

MOST = 100
"""Files in one frame."""


class OfferedBy(StrEnum):
    """How a program offered files."""

    COPY = "copy"
    DRAG = "drag"


class OfferedDownloads:
    """Files for the client with this access; `files` None where they are switched off."""

    def __init__(self, files: SharedFiles | None, access: FileAccess | None) -> None:
        self._files = files
        self._access = access

    async def frame(self, by: OfferedBy, paths: tuple[Path, ...]) -> dict[str, Any] | None:
        """The frame of ``/api/events`` for what is at these absolute paths.

        None where nothing is to be told: who only copies has not asked for a download.
        """
        if not paths:
            return None
        if self._files is None or self._access is None or not self._access.download:
            return _refusal() if by is OfferedBy.DRAG else None
        found = await self._files.disk.run(_find, self._files, paths[:MOST])
        if not found and by is OfferedBy.COPY:
            return None
        return {
            "type": "downloads",
            "by": by,
            "entries": [entry_json(one) for one in found],
            "left_out": len(paths) - len(found),
        }


def _find(files: SharedFiles, paths: tuple[Path, ...]) -> list[FolderEntry]:
    return [found for path in paths if (found := files.find(path)) is not None]


def _refusal() -> dict[str, Any]:
    problem = Problem(
        403, "what was dragged out cannot be downloaded here", "start desktopd with files=both"
    )
    return {"type": "error", **problem.json()}
