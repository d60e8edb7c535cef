"""Numbers of system calls that are the machine's (linux/unistd.h).

Tested by tests/unit/confinement/test_ways_out.py.
"""

from __future__ import annotations

import ctypes
import platform
from dataclasses import dataclass

IO_URING_SETUP, CLONE3, OPENAT2, FCHMODAT2 = 425, 435, 437, 452
"""The same on every machine, as all that are newer than Linux 5.0."""


@dataclass(frozen=True)
class Table:
    """Numbers of system calls; `machine` is the kernel's name for it (linux/audit.h).

    `programs` are execve and execveat, `keys` add_key, request_key and keyctl, `limits` prlimit64,
    `forks` are fork and vfork, where these are no clone. `modes` and `opens` set the mode of a
    file, with the place of that among the arguments, from 0; the flags of `opens` are before it.
    `queues` is msgget.
    """

    machine: int
    seccomp: int
    clone: int
    socket: int
    connect: int
    socketpair: int
    programs: tuple[int, ...]
    keys: tuple[int, ...]
    limits: int
    fcntl: int
    modes: tuple[tuple[int, int], ...]
    opens: tuple[tuple[int, int], ...]
    umask: int
    ptrace: int
    queues: int
    forks: tuple[int, ...] = ()


TABLES = {
    "x86_64": Table(
        *(0xC000003E, 317, 56, 41, 42, 53, (59, 322), (248, 249, 250), 302, 72),
        # chmod, fchmod, fchmodat, creat, mknod, mknodat; open and openat.
        modes=((90, 1), (91, 1), (268, 2), (FCHMODAT2, 2), (85, 1), (133, 1), (259, 2)),
        opens=((2, 2), (257, 3)),
        umask=95,
        ptrace=101,
        queues=68,
        forks=(57, 58),
    ),
    "aarch64": Table(
        *(0xC00000B7, 277, 220, 198, 203, 199, (221, 281), (217, 218, 219), 261, 25),
        modes=((52, 1), (53, 2), (FCHMODAT2, 2), (33, 2)),
        opens=((56, 3),),
        umask=166,
        ptrace=117,
        queues=186,
    ),
}


def own_table() -> Table | None:
    """That of this process; None where there is none here, as for programs of 32 bits."""
    return TABLES.get(platform.machine()) if ctypes.sizeof(ctypes.c_void_p) == 8 else None
