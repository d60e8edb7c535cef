"""The token of our own making, in the runtime folder: it outlives the daemon, not the desktop."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def kept_token(folder: Path) -> str:
    """The token in `folder`, made at the first call and readable by us alone; raises OSError."""
    path = folder / "token"
    with contextlib.suppress(FileNotFoundError):
        if kept := path.read_text("ascii").strip():
            return kept
    token = secrets.token_urlsafe(24)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(token)
    return token


def forget_token(folder: Path) -> None:
    """The desktop has ended: the next one gets a token of its own."""
    (folder / "token").unlink(missing_ok=True)
