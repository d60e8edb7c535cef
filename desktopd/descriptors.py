"""File descriptors: those of others leave some to the daemon's own work, which outlives their lack.

Who opens connections could else take all that the daemon may have open (RLIMIT_NOFILE): it could
start no program then, and look at none. Of the whole system nobody can keep any free (ENFILE).
"""

from __future__ import annotations

import asyncio
import errno
import logging
import resource
import socket
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

AGAIN = 1.0
"""Seconds after which it is tried again."""
RESERVE = 256
"""Descriptors that no connection takes, or a quarter of all where those are few."""

log = logging.getLogger(__name__)

T = TypeVar("T")


def is_reserved(descriptor: int) -> bool:
    """Whether a descriptor is one of the last: the kernel gives the lowest that is free."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return descriptor >= most - min(RESERVE, most // 4)


async def accept(listener: socket.socket, who: str) -> tuple[socket.socket, Any]:
    """The next connection of a listening socket, and its address; `who` comes, for the log.

    While no more than the reserve is left, whoever comes is sent away, one in a second.
    """
    while True:
        try:
            sock, peer = await asyncio.get_running_loop().sock_accept(listener)
        except OSError as error:
            # A connection that is gone again, or no descriptors left (accept(2)).
            reason = error.strerror
        else:
            if not is_reserved(sock.fileno()):
                return sock, peer
            sock.close()
            reason = "too many open files; raise `ulimit -Hn`"
        log.warning("%s could not be accepted: %s", who, reason)
        await asyncio.sleep(AGAIN)


async def outlast(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` returns, begun again for as long as it ends by the lack of a descriptor."""
    while True:
        try:
            return await work()
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            log.warning("%s; trying again", error)
        await asyncio.sleep(AGAIN)
