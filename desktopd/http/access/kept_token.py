"""The token of our own making, kept in the runtime folder: it holds for the next daemon too."""

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
