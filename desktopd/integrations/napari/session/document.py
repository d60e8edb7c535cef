"""The document of a saved session: where it lies, how it is read, and which are of ours.

Tested by tests/unit/integrations/napari/session/test_folder.py.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from desktopd.openers import itself_at_once

DOCUMENT = "session.json"
VERSION = 1
LARGEST = 64 << 20
"""Bytes of a document: layers' data and tables lie in the blocks."""
MOST_LAYERS = 10_000
"""Of more the daemon is not told (`applications.facts`)."""


def read_document(path: Path) -> dict[str, Any]:
    """The document at `path`.

    Raises ValueError for what is none of this version, whenever it is read, and OSError where it
    cannot be read: FileNotFoundError alone says that there is none.
    """
    try:
        document: dict[str, Any] = json.loads(_text(path))
    except RecursionError:
        raise ValueError(f"{path} is too deep") from None
    if not is_session(document):
        raise ValueError(f"{path} is none of version {VERSION}")
    return document


def is_session(document: Any) -> bool:
    """Whether a document is of this version, with all that is told of it to others.

    Names of layers are there then, and can be told.
    """
    if not isinstance(document, dict) or document.get("version") != VERSION:
        return False
    layers = document.get("layers")
    return (
        isinstance(layers, list)
        and len(layers) <= MOST_LAYERS
        and all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in layers)
    )


def _text(path: Path) -> str:
    # Opening a link or a folder would fail as a disk does, which may have a document.
    if not stat.S_ISREG(path.lstat().st_mode):
        raise ValueError(f"{path} is no plain file")
    with open(path, "rb", opener=itself_at_once) as file:
        if os.fstat(file.fileno()).st_size > LARGEST:
            raise ValueError(f"{path} is larger than {LARGEST} bytes")
        return file.read(LARGEST).decode("utf-8")
