"""Log files of the services and of the daemon: kept small, one older copy each."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from desktopd.openers import at_once

DAEMON_LOG = "daemon.log"
"""The name of the log of a daemon without a terminal, in its runtime folder."""
LIMIT = 4 * 1024 * 1024
_BLOCK = 512
"""Bytes of what stat(2) counts as one."""
EVERY = 2.0
"""Seconds between two looks at how large they are."""
_TAIL = 16_384


def open_log(path: Path) -> int:
    """Open `path` for appending, private to this user; returns a file descriptor.

    A program that still has it open, and lets nobody else, keeps it; there is a new one then.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    try:
        return at_once(path, flags)
    except (BlockingIOError, PermissionError):
        path.unlink()
        return at_once(path, flags)


def trim(path: Path, limit: int = LIMIT) -> None:
    """Move what a log holds to ``path.old`` once it takes more than `limit` bytes of the disk.

    The writer keeps its descriptor: it appends, so it goes on at the new end. One that has opened
    the log again goes on where it was, behind a hole that takes no room; and one may have taken
    room behind the end (fallocate(2), FALLOC_FL_KEEP_SIZE).
    """
    try:
        if path.stat().st_blocks * _BLOCK <= limit:
            return
        descriptor = at_once(path, os.O_RDWR)
    except OSError:
        # There is none, or its program lets nobody have it.
        return
    with open(descriptor, "r+b") as log:
        old = path.with_name(f"{path.name}.old")
        try:
            with open(open_log(old), "wb") as copy:
                copy.truncate(0)
                log.seek(max(0, log.seek(0, os.SEEK_END) - limit))
                copy.write(log.read(limit))
        except OSError:
            # Where there is no room for the copy, there is all the less for the log.
            old.unlink(missing_ok=True)
        log.truncate(0)


async def keep_small(paths: Sequence[Path]) -> None:
    """Trim logs while they are written, for ever: whatever a program prints fills no disk."""
    while True:
        for path in paths:
            with suppress(OSError):
                trim(path)
        await asyncio.sleep(EVERY)


def tail(path: Path, since: int = 0, lines: int = 40) -> str:
    """The last `lines` lines of a log, of what follows byte `since`."""
    try:
        with open(path, "rb", opener=at_once) as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(size - _TAIL, since if since <= size else 0))
            # Its end may run ahead of whoever reads up to it.
            text = log.read(_TAIL).lstrip(b"\0").decode("utf-8", "replace")
    except OSError:
        # None was written, or it cannot be opened just now.
        return ""
    return "\n".join(text.rstrip().splitlines()[-lines:])
