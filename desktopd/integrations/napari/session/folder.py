"""The folder of a saved session: one document, replaced whole, and the blocks that it refers to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.values import blocks_of

VERSION = 1
TRIES = 2


class SessionFolder:
    """A document refers only to blocks that lie there whole, at whatever moment the process ends.

    Power cuts may break it: nothing is forced to the disk.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._document = folder / "session.json"
        self._tries = folder / "restoring"
        self.blocks = Blocks(folder / "blocks")

    def load(self) -> dict[str, Any] | None:
        """The saved document; None where there is none of this version."""
        try:
            document = json.loads(self._document.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        is_ours = isinstance(document, dict) and document.get("version") == VERSION
        return document if is_ours else None

    def commit(self, document: dict[str, Any]) -> None:
        """Replace the document, and delete the blocks that it does not need; raises OSError."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        fresh = self._document.with_suffix(".new")
        fresh.write_text(json.dumps({"version": VERSION, **document}), "utf-8")
        fresh.replace(self._document)
        self.blocks.keep_only(blocks_of(document))

    def discard(self) -> None:
        """Delete the session: its user has ended it."""
        self._document.unlink(missing_ok=True)
        self.blocks.keep_only(())

    def may_try(self) -> bool:
        """Note a try to put the session back.

        False when too many have ended the process; the session then lies beside, as ``failed``.
        """
        tries = len(self._tries.read_bytes()) if self._tries.exists() else 0
        if tries >= TRIES:
            beside = self.folder.with_name("failed")
            shutil.rmtree(beside, ignore_errors=True)
            self.folder.rename(beside)
            return False
        with self._tries.open("ab") as file:
            file.write(b".")
        return True

    def tried(self) -> None:
        """Note that the process has survived the session."""
        self._tries.unlink(missing_ok=True)
