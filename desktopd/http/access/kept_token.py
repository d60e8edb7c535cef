"""The token of our own making, in the runtime folder: it outlives the daemon, not the desktop."""

from __future__ import annotations

import contextlib
import logging
import re
import secrets
from pathlib import Path

from desktopd.kept_file import read_kept, write_kept

log = logging.getLogger(__name__)

_TOKEN = re.compile(rb"[A-Za-z0-9_-]{32}")


def kept_token(folder: Path) -> str:
    """The token in `folder`, made at the first call and readable by us alone; raises OSError.

    What is none of our making is replaced: a power cut leaves zeros, which anybody guesses.
    """
    path = folder / "token"
    with contextlib.suppress(FileNotFoundError):
        try:
            if _TOKEN.fullmatch(kept := read_kept(path).strip()):
                return kept.decode()
            log.warning("%s holds no token: there is another one now", path)
        except PermissionError as error:
            log.warning("%s: %s: there is another token now", path, error.strerror)
    token = secrets.token_urlsafe(24)
    write_kept(path, token.encode())
    return token


def forget_token(folder: Path) -> None:
    """The desktop has ended: the next one gets a token of its own."""
    (folder / "token").unlink(missing_ok=True)
