"""What is asked of a disk that may be away: in a thread of its own, which is left behind then.

Tested by tests/unit/session/test_disks.py.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TypeVar

TOLD_AFTER = 5.0
"""Seconds after which it is told who waits for a disk."""

T = TypeVar("T")

log = logging.getLogger(__name__)


async def asked(work: Callable[[], T], who: str) -> T:
    """What `work` returns or raises, however long a disk keeps it; then `who` is told to wait.

    Whoever is cancelled meanwhile leaves it behind.
    """
    answer: Future[T] = Future()
    answer.set_running_or_notify_cancel()

    def run() -> None:
        try:
            answer.set_result(work())
        except Exception as error:
            answer.set_exception(error)

    Thread(target=run, name="disk", daemon=True).start()
    waiting = asyncio.wrap_future(answer)
    try:
        if not (await asyncio.wait([waiting], timeout=TOLD_AFTER))[0]:
            log.warning("%s waits for a disk that does not answer", who)
        return await waiting
    finally:
        waiting.cancel()


def look_at(argv: Sequence[str], environment: Mapping[str, str], folder: Path | None) -> None:
    """Have all that a start asks of disks be known, whatever that is.

    A child that a disk keeps between fork(2) and execve(2) keeps its parent too, with all of it.
    """
    with suppress(OSError, ValueError):
        if folder is not None:
            os.access(folder, os.X_OK)
        shutil.which(argv[0], path=environment.get("PATH"))
