"""Drags as a person makes them, by Chromium's own input, and a desktop that tells of drops."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.daemon import ROOT, Daemon

Start = Callable[..., Daemon]
ON_TARGET, BESIDE = (300, 400), (900, 400)


def today() -> str:
    """The folder of what is uploaded now: a test may begin on the day before."""
    return f"uploads/{date.today():%Y-%m-%d}"


class Target:
    """A desktop whose program takes drops on its left half and tells of them."""

    def __init__(self, start: Start, folder: Path, **settings: object) -> None:
        self.log, self.root = folder / "told", folder / "files"
        self.root.mkdir()
        self.log.touch()
        program = shlex.join([sys.executable, str(ROOT / "tests/x11/drop_qt.py")])
        script = shlex.quote(f"exec {program} > {self.log}")
        self.daemon = start(
            "--app", f"sh -c {script}", display="xvfb", files_root=self.root, **settings
        )
        self.daemon.ready()

    def drops(self) -> list[dict[str, Any]]:
        lines = self.log.read_text().rpartition("\n")[0].splitlines()
        return [told for told in map(json.loads, lines) if "size" not in told]


def drag(page: Page, at: tuple[int, int], **data: Any) -> None:
    """Drop with Chromium's own input, as a person would: `files` are paths of this machine."""
    items = [{"mimeType": kind, "data": text} for kind, text in data.get("items", {}).items()]
    files = [str(path) for path in data.get("files", [])]
    dragged = {"items": items, "files": files, "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send(
            "Input.dispatchDragEvent", {"type": kind, "x": at[0], "y": at[1], "data": dragged}
        )
    session.detach()
