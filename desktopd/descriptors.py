"""File descriptors: connections leave some to the daemon's own work, which outlives their lack.

Whoever opens connections could else take all that the daemon may have open (RLIMIT_NOFILE): it
could start no program then, and look at none. Nobody can keep any of the whole system's (ENFILE).
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack
from itertools import count
from typing import Any

from desktopd.lacks import AGAIN, outlast

RESERVE = 1024
"""The lowest descriptors, which no connection keeps, or a quarter of all where those are few.

Only with these a connection to the X server can be waited for by select(2).
"""
LEAST = 64
"""What a desktop with some viewers takes."""
_OF_A_START = 16
_AT_ONCE = 8
"""Connections that are accepted in one turn of the loop: it is short, and their queue too."""

log = logging.getLogger(__name__)


def lacking() -> str | None:
    """What to do where the process may not have as many as a desktop takes; None where it may."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most >= LEAST:
        return None
    return f"ulimit -Hn allows {most} open files: raise it to {LEAST}, better to {4 * RESERVE}"


async def connections(
    listener: socket.socket, who: str
) -> AsyncIterator[tuple[socket.socket, Any]]:
    """All that come by a listening socket, as `accept` gives them, without end."""
    for number in count(1):
        yield await accept(listener, who)
        if number % _AT_ONCE == 0:
            # Where many wait, `accept` does not: others have their turn here.
            await asyncio.sleep(0)


async def accept(listener: socket.socket, who: str) -> tuple[socket.socket, Any]:
    """The next connection of a listening socket, and its address; `who` comes, for the log.

    While nothing but the reserve is left, whoever comes is sent away, one in a second.
    """
    while True:
        try:
            sock, peer = await asyncio.get_running_loop().sock_accept(listener)
            return _beyond_reserve(sock), peer
        except OSError as error:
            # A connection that is gone again, or no descriptors left (accept(2)).
            log.warning("%s could not be accepted: %s", who, error.strerror)
        await asyncio.sleep(AGAIN)


def _beyond_reserve(sock: socket.socket) -> socket.socket:
    """The same connection by a descriptor that is not of the reserve; raises OSError."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    with sock:
        descriptor = fcntl.fcntl(sock, fcntl.F_DUPFD_CLOEXEC, min(RESERVE, most // 4))
        moved = socket.socket(sock.family, sock.type, sock.proto, fileno=descriptor)
    moved.setblocking(False)
    return moved


async def enough() -> None:
    """Return once there are as many as the start of a program takes."""
    await outlast(_try_to_open)


async def _try_to_open() -> None:
    _open_some()


def _open_some() -> None:
    with ExitStack() as opened:
        for _ in range(_OF_A_START):
            opened.enter_context(open(os.devnull, "rb"))
