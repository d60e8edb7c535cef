"""What the system has no more of for us: descriptors, memory, processes, threads. It passes.

Tested by tests/unit/test_lacks.py.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from desktopd.threads import NoThreads

AGAIN = 1.0
"""Seconds after which it is tried again."""

_ERRORS = (
    *(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS),
    # Of `socket.gaierror`.
    socket.EAI_MEMORY,
)

log = logging.getLogger(__name__)

T = TypeVar("T")


def is_lack(failure: BaseException) -> bool:
    """Whether something failed since this process, or the system, lacked what it takes.

    Also where it was raised from (``raise … from``) such a failure.
    """
    return any(map(_is_lack, _causes(failure)))


def lack_behind(failure: BaseException) -> str:
    """What was lacking when this failure arose, whatever it says itself; empty where nothing was.

    Looks also at what was being handled then (``raise … from None``): for whom a lack that only
    may have been the reason is one to try again for.
    """
    lack = next(filter(_is_lack, _causes(failure, handled=True)), None)
    if lack is None:
        return ""
    if not isinstance(lack, OSError):
        return str(lack) or repr(lack)
    where = f"{lack.filename}: " if lack.filename else ""
    return f"{where}{lack.strerror}"


def _causes(failure: BaseException | None, *, handled: bool = False) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        failure = failure.__cause__ or (failure.__context__ if handled else None)


def _is_lack(failure: BaseException) -> bool:
    if isinstance(failure, OSError):
        return failure.errno in _ERRORS or isinstance(failure, NoThreads)
    # Python has no type of its own for a thread that the system does not make.
    no_thread = isinstance(failure, RuntimeError) and "can't start new thread" in str(failure)
    return no_thread or isinstance(failure, MemoryError)


def is_lack_of_start(failure: BaseException) -> bool:
    """The same for the start of a program: fork(2) says EAGAIN, which others do of much else."""
    causes = _causes(failure)
    return is_lack(failure) or any(isinstance(cause, BlockingIOError) for cause in causes)


async def outlast(
    work: Callable[[], Awaitable[T]], lacking: Callable[[BaseException], bool] = is_lack
) -> T:
    """What `work` returns, begun again for as long as it ends by a lack, which is told once."""
    told = ""
    while True:
        try:
            return await work()
        except Exception as failure:
            if not lacking(failure):
                raise
            told = tell(failure, told)
        await asyncio.sleep(AGAIN)


def tell(failure: BaseException, told: str) -> str:
    """Log a lack, unless that was `told` before; returns what is told now."""
    if (text := str(failure) or repr(failure)) != told:
        log.warning("%s; trying again until it passes", text)
    return text
