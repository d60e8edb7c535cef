"""Sockets of a program for its user alone, which it would open to everybody.

X servers make theirs after an umask(0): somebody else who waits for that is there before chmod(2).

Tested by tests/unit/confinement/test_own_sockets.py and tests/x11/test_start.py.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from desktopd.confinement.seccomp.filter import (
    ALLOW,
    ERROR,
    JUMP_EQUAL,
    Instruction,
    argument,
    install,
    of,
    unless,
)
from desktopd.confinement.seccomp.tables import own_table
from desktopd.threads import Threads

OWN = 0o077
"""The umask with which nobody else may connect to a socket (unix(7))."""

T = TypeVar("T")


def keeping_umask(act: Callable[[], T]) -> T:
    """What `act` returns in a thread of its own; what it starts cannot have its umask be 0.

    It is told that it can. Where the kernel has no filters, or another table, it really can.
    """

    def kept() -> T:
        if (table := own_table()) is not None:
            done = unless(Instruction(JUMP_EQUAL, 0, 1, 0), ERROR)
            with suppress(OSError):
                install(table, of(table.umask, (argument(0), *done, ALLOW)), all_threads=False)
        return act()

    with Threads(1) as thread:
        return thread.submit(kept).result()
