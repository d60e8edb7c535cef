"""Has the kernel refuse programs and new connections to all threads of a process (seccomp(2)).

Whatever calls it, Python or not; nothing takes it back.
"""

from __future__ import annotations

import ctypes
import os
import platform
import socket
from collections.abc import Iterator
from dataclasses import dataclass

SET_NO_NEW_PRIVS = 38
SET_MODE_FILTER, ALL_THREADS = 1, 1
# linux/bpf_common.h
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 13
"""The second is the error EACCES."""
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16
"""Where they stand in what a filter sees (struct seccomp_data), the lowest byte first."""
OTHER_TABLE = 0x40000000
"""From here on the numbers are those of x32, another table of the same machine."""


@dataclass(frozen=True)
class _Table:
    """Numbers of system calls; `machine` is the kernel's name for it (linux/audit.h)."""

    machine: int
    seccomp: int
    execve: int
    execveat: int
    socket: int
    connect: int
    io_uring_setup: int = 425


TABLES = {
    "x86_64": _Table(0xC000003E, 317, 59, 322, 41, 42),
    "aarch64": _Table(0xC00000B7, 277, 221, 281, 198, 203),
}


class _Instruction(ctypes.Structure):
    _fields_ = (
        *(("code", ctypes.c_uint16), ("true", ctypes.c_uint8)),
        *(("false", ctypes.c_uint8), ("value", ctypes.c_uint32)),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


def refuse_system_calls(*, network: bool) -> None:
    """From now on no program starts here, and no socket is made but, with `network`, of TCP/IP.

    Those that are open stay. Raises OSError where the kernel has none of this.
    """
    table = TABLES.get(platform.machine())
    if table is None:
        raise OSError(f"no table of system calls for {platform.machine()}")
    filter_ = [*_filter(table, network)]
    program = _Program(len(filter_), (_Instruction * len(filter_))(*filter_))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.syscall(
        table.seccomp, SET_MODE_FILTER, ALL_THREADS, ctypes.byref(program)
    ):
        error = ctypes.get_errno()
        raise OSError(error, f"the kernel takes no filter: {os.strerror(error)}")


def _filter(table: _Table, network: bool) -> Iterator[_Instruction]:
    # A ring takes requests past all filters.
    refused = [table.execve, table.execveat, table.io_uring_setup]
    refused += [] if network else [table.socket, table.connect]
    yield _Instruction(LOAD, 0, 0, MACHINE)
    yield from _unless(_Instruction(JUMP_EQUAL, 1, 0, table.machine))
    yield _Instruction(LOAD, 0, 0, NUMBER)
    yield from _unless(_Instruction(JUMP_AT_LEAST, 0, 1, OTHER_TABLE))
    for number in refused:
        yield from _unless(_Instruction(JUMP_EQUAL, 0, 1, number))
    yield _Instruction(JUMP_EQUAL, 1, 0, table.socket)
    yield _Instruction(RETURN, 0, 0, ALLOW)
    yield _Instruction(LOAD, 0, 0, FIRST_ARGUMENT)
    for family in (socket.AF_INET, socket.AF_INET6):
        yield _Instruction(JUMP_EQUAL, 0, 1, family)
        yield _Instruction(RETURN, 0, 0, ALLOW)
    yield _Instruction(RETURN, 0, 0, REFUSE)


def _unless(jump: _Instruction) -> Iterator[_Instruction]:
    """Refuse, unless `jump` leads past that."""
    yield jump
    yield _Instruction(RETURN, 0, 0, REFUSE)
