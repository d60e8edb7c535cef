"""A filter out of its parts, and its way into the kernel (seccomp(2)); nothing takes it back.

Tested by tests/unit/confinement/test_ways_out.py.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterable, Iterator

from desktopd.confinement.seccomp.tables import Table

SET_NO_NEW_PRIVS = 38
SET_MODE_FILTER, ALL_THREADS = 1, 1
# linux/bpf_common.h
LOAD, AND, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ON_BITS, RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_ALLOW, ERROR = 0x7FFF0000, 0x00050000
REFUSE = ERROR | errno.EACCES
UNKNOWN = ERROR | errno.ENOSYS
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16
"""Where they stand in what a filter sees (struct seccomp_data)."""
_OTHER_TABLE = 0x40000000
"""From here on the numbers are those of x32, another table of the same machine."""


class Instruction(ctypes.Structure):
    """One of BPF: of a jump, how many to pass over where it is `true` and where `false`."""

    _fields_ = (
        *(("code", ctypes.c_uint16), ("true", ctypes.c_uint8)),
        *(("false", ctypes.c_uint8), ("value", ctypes.c_uint32)),
    )


Instructions = Iterator[Instruction]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(Instruction)))


def install(table: Table, checks: Iterable[Instruction], *, all_threads: bool) -> None:
    """Have this thread, or all of this process, and what they start do as `checks` say.

    What these say nothing of is allowed, in the machine's own table. Raises OSError where the
    kernel has no filters.
    """
    filter_ = [*_of_its_own(table), *checks, ALLOW]
    program = _Program(len(filter_), (Instruction * len(filter_))(*filter_))
    libc = ctypes.CDLL(None, use_errno=True)
    flags = ALL_THREADS if all_threads else 0
    if libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.syscall(
        table.seccomp, SET_MODE_FILTER, flags, ctypes.byref(program)
    ):
        number = ctypes.get_errno()
        raise OSError(number, f"the kernel takes no filter: {os.strerror(number)}")


ALLOW = Instruction(RETURN, 0, 0, _ALLOW)


def argument(place: int) -> Instruction:
    """Look at an argument, the first is 0; of its bytes at the lower four."""
    return Instruction(LOAD, 0, 0, _ARGUMENTS + 8 * place)


def refused(number: int, answer: int = REFUSE) -> Instructions:
    """All calls of this one."""
    return of(number, [Instruction(RETURN, 0, 0, answer)])


def of(number: int, instructions: Iterable[Instruction]) -> Instructions:
    """Those for one system call; each way through them ends with an answer."""
    found = [*instructions]
    yield Instruction(JUMP_EQUAL, 0, len(found), number)
    yield from found


def one_of(place: int, values: Iterable[int]) -> Instructions:
    """Refuse, unless an argument is one of `values`."""
    yield argument(place)
    for value in values:
        yield Instruction(JUMP_EQUAL, 0, 1, value)
        yield ALLOW
    yield Instruction(RETURN, 0, 0, REFUSE)


def none_of(place: int, values: Iterable[int]) -> Instructions:
    """Refuse where an argument is one of `values`."""
    yield argument(place)
    for value in values:
        yield from unless(Instruction(JUMP_EQUAL, 0, 1, value))
    yield ALLOW


def without(place: int, bits: int) -> Instructions:
    """Refuse where an argument has any of `bits`."""
    yield argument(place)
    yield from unless(Instruction(JUMP_ON_BITS, 0, 1, bits))
    yield ALLOW


def unless(jump: Instruction, answer: int = REFUSE) -> Instructions:
    """Refuse, unless `jump` leads past that."""
    yield jump
    yield Instruction(RETURN, 0, 0, answer)


def _of_its_own(table: Table) -> Instructions:
    """Refuse all of other tables, and look at the number."""
    yield Instruction(LOAD, 0, 0, _MACHINE)
    yield from unless(Instruction(JUMP_EQUAL, 1, 0, table.machine))
    yield Instruction(LOAD, 0, 0, _NUMBER)
    yield from unless(Instruction(JUMP_AT_LEAST, 0, 1, _OTHER_TABLE))
