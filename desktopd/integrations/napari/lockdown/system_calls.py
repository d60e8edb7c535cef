"""Has the kernel refuse programs, processes and new connections to all threads here (seccomp(2)).

Whatever calls it, Python or not; nothing takes it back.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
from collections.abc import Iterable, Iterator

from desktopd.integrations.napari.lockdown.system_call_tables import TABLES, Table

SET_NO_NEW_PRIVS = 38
SET_MODE_FILTER, ALL_THREADS = 1, 1
# linux/bpf_common.h
LOAD, AND, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ON_BITS, RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
ALLOW, ERROR = 0x7FFF0000, 0x00050000
REFUSE = ERROR | errno.EACCES
NUMBER, MACHINE, FIRST_ARGUMENT, SECOND_ARGUMENT = 0, 4, 16, 24
"""Where they stand in what a filter sees (struct seccomp_data), the lowest byte first."""
OTHER_TABLE = 0x40000000
"""From here on the numbers are those of x32, another table of the same machine."""
IO_URING_SETUP, CLONE3 = 425, 435
THREAD = 0x10000
"""CLONE_THREAD of clone(2)."""
KIND_OF_SOCKET = 0xF
"""What of a type is neither SOCK_CLOEXEC nor SOCK_NONBLOCK."""


class _Instruction(ctypes.Structure):
    _fields_ = (
        *(("code", ctypes.c_uint16), ("true", ctypes.c_uint8)),
        *(("false", ctypes.c_uint8), ("value", ctypes.c_uint32)),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


def refuse_system_calls(*, network: bool) -> None:
    """From now on no program and no process starts here, and no socket is made that leads out.

    With `network` those of TCP/IP are. Limits are set for this process alone: they can end another
    one. What is open stays. Raises OSError where the kernel has none of this.
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
        number = ctypes.get_errno()
        raise OSError(number, f"the kernel takes no filter: {os.strerror(number)}")


def _filter(table: Table, network: bool) -> Iterator[_Instruction]:
    # A ring takes requests past all filters, and keys are those of all the user's processes.
    refused = [*table.programs, *table.forks, *table.keys, IO_URING_SETUP]
    refused += [] if network else [table.socket, table.connect]
    yield _Instruction(LOAD, 0, 0, MACHINE)
    yield from _unless(_Instruction(JUMP_EQUAL, 1, 0, table.machine))
    yield _Instruction(LOAD, 0, 0, NUMBER)
    yield from _unless(_Instruction(JUMP_AT_LEAST, 0, 1, OTHER_TABLE))
    for number in refused:
        yield from _unless(_Instruction(JUMP_EQUAL, 0, 1, number))
    # What a clone3 asks for lies where no filter sees it; without it a C library takes clone.
    yield from _unless(_Instruction(JUMP_EQUAL, 0, 1, CLONE3), ERROR | errno.ENOSYS)
    yield from _of(table.clone, _threads())
    yield from _of(table.limits, _of_ourselves())
    yield from _of(table.socketpair, _streams())
    yield from _of(table.socket, _sockets_of_tcp_ip())
    yield _Instruction(RETURN, 0, 0, ALLOW)


def _threads() -> Iterator[_Instruction]:
    yield _Instruction(LOAD, 0, 0, FIRST_ARGUMENT)
    yield from _unless(_Instruction(JUMP_ON_BITS, 1, 0, THREAD))
    yield _Instruction(RETURN, 0, 0, ALLOW)


def _of_ourselves() -> Iterator[_Instruction]:
    yield _Instruction(LOAD, 0, 0, FIRST_ARGUMENT)
    for pid in (0, os.getpid()):
        yield _Instruction(JUMP_EQUAL, 0, 1, pid)
        yield _Instruction(RETURN, 0, 0, ALLOW)
    yield _Instruction(RETURN, 0, 0, REFUSE)


def _streams() -> Iterator[_Instruction]:
    """The two ends of a stream stay with each other, those of others send to any address."""
    yield _Instruction(LOAD, 0, 0, SECOND_ARGUMENT)
    yield _Instruction(AND, 0, 0, KIND_OF_SOCKET)
    yield from _unless(_Instruction(JUMP_EQUAL, 1, 0, socket.SOCK_STREAM))
    yield _Instruction(RETURN, 0, 0, ALLOW)


def _sockets_of_tcp_ip() -> Iterator[_Instruction]:
    yield _Instruction(LOAD, 0, 0, FIRST_ARGUMENT)
    for family in (socket.AF_INET, socket.AF_INET6):
        yield _Instruction(JUMP_EQUAL, 0, 1, family)
        yield _Instruction(RETURN, 0, 0, ALLOW)
    yield _Instruction(RETURN, 0, 0, REFUSE)


def _of(number: int, instructions: Iterable[_Instruction]) -> Iterator[_Instruction]:
    """Those for one system call; each way through them ends with an answer."""
    found = [*instructions]
    yield _Instruction(JUMP_EQUAL, 0, len(found), number)
    yield from found


def _unless(jump: _Instruction, answer: int = REFUSE) -> Iterator[_Instruction]:
    """Refuse, unless `jump` leads past that."""
    yield jump
    yield _Instruction(RETURN, 0, 0, answer)
