"""Has the kernel refuse programs, processes and new connections to all threads here (seccomp(2)).

Whatever calls it, Python or not; nothing takes it back.
"""

from __future__ import annotations

import os
import platform
import socket

from desktopd.confinement.seccomp.filter import (
    ALLOW,
    AND,
    JUMP_EQUAL,
    JUMP_ON_BITS,
    UNKNOWN,
    Instruction,
    Instructions,
    argument,
    install,
    of,
    one_of,
    refused,
    unless,
)
from desktopd.confinement.seccomp.tables import CLONE3, IO_URING_SETUP, Table, own_table

THREAD = 0x10000
"""CLONE_THREAD of clone(2)."""
KIND_OF_SOCKET = 0xF
"""What of a type is neither SOCK_CLOEXEC nor SOCK_NONBLOCK."""


def refuse_system_calls(*, network: bool) -> None:
    """From now on no program and no process starts here, and no socket is made that leads out.

    With `network` those of TCP/IP are. Limits are set for this process alone: they can end another
    one. What is open stays. Raises OSError where the kernel has none of this.
    """
    table = own_table()
    if table is None:
        raise OSError(f"no table of system calls for {platform.machine()}")
    install(table, _checks(table, network), all_threads=True)


def _checks(table: Table, network: bool) -> Instructions:
    # A ring takes requests past all filters, and keys are those of all the user's processes.
    for number in (*table.programs, *table.forks, *table.keys, IO_URING_SETUP):
        yield from refused(number)
    for number in () if network else (table.socket, table.connect):
        yield from refused(number)
    # What a clone3 asks for lies where no filter sees it; without it a C library takes clone.
    yield from refused(CLONE3, UNKNOWN)
    yield from of(table.clone, _threads())
    yield from of(table.limits, one_of(0, (0, os.getpid())))
    yield from of(table.socketpair, _streams())
    yield from of(table.socket, one_of(0, (socket.AF_INET, socket.AF_INET6)))


def _threads() -> Instructions:
    yield argument(0)
    yield from unless(Instruction(JUMP_ON_BITS, 1, 0, THREAD))
    yield ALLOW


def _streams() -> Instructions:
    """The two ends of a stream stay with each other, those of others send to any address."""
    yield argument(1)
    yield Instruction(AND, 0, 0, KIND_OF_SOCKET)
    yield from unless(Instruction(JUMP_EQUAL, 1, 0, socket.SOCK_STREAM))
    yield ALLOW
