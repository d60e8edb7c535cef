"""Ways past Landlock that the kernel shuts to all programs of a locked desktop by a filter.

Landlock knows TCP by connect(2) and bind(2) alone: MPTCP, the first packet of a fast open and a
listener without an address go past it. It has no word for leases (fcntl(2)), by which whoever opens
a file, the daemon too, waits for 45 s again and again, nor for a mode that has others of the
machine run a file as its owner.
"""

from __future__ import annotations

import os
import socket
import stat

from desktopd.confinement.seccomp.filter import (
    ALLOW,
    JUMP_ON_BITS,
    UNKNOWN,
    Instruction,
    Instructions,
    argument,
    install,
    none_of,
    of,
    one_of,
    refused,
    without,
)
from desktopd.confinement.seccomp.tables import IO_URING_SETUP, OPENAT2, Table, own_table

_SET_LEASE, _SET_DELEGATION = 1024, 1040
"""F_SETLEASE, and F_SETDELEG of Linux 6.19, which is one of folders (linux/fcntl.h)."""
_OTHERS_RIGHTS = stat.S_ISUID | stat.S_ISGID
_NEW_FILE = os.O_CREAT | 0o20000000
"""With O_TMPFILE, but for its O_DIRECTORY."""
_HERE = (socket.AF_UNIX, socket.AF_NETLINK)
_TCP_IP = (socket.AF_INET, socket.AF_INET6)


def shut_ways_out(*, tcp: bool) -> None:
    """Shut them for this thread and what it starts; `tcp`: any host may be reached.

    Nothing where this machine's system calls are not known. Raises OSError.
    """
    if (table := own_table()) is not None:
        install(table, _checks(table, tcp=tcp), all_threads=False)


def _checks(table: Table, *, tcp: bool) -> Instructions:
    # A ring takes requests past all filters.
    yield from refused(IO_URING_SETUP)
    yield from of(table.socket, one_of(0, (*_HERE, *_TCP_IP) if tcp else _HERE))
    yield from of(table.fcntl, none_of(1, (_SET_LEASE, _SET_DELEGATION)))
    # Who is traced by another of its own never ends; queues keep 500 MB when everybody has ended.
    for number in (*table.keys, table.ptrace, table.queues):
        yield from refused(number)
    # Their own have the number 0 as well.
    yield from of(table.limits, one_of(0, (0,)))
    # Its mode lies where no filter sees it; programs take openat then.
    yield from refused(OPENAT2, UNKNOWN)
    for number, mode in table.modes:
        yield from of(number, without(mode, _OTHERS_RIGHTS))
    for number, mode in table.opens:
        yield from of(number, _new_files_without(mode))


def _new_files_without(mode: int) -> Instructions:
    yield argument(mode - 1)
    yield Instruction(JUMP_ON_BITS, 1, 0, _NEW_FILE)
    yield ALLOW
    yield from without(mode, _OTHERS_RIGHTS)
