"""The kernel's Landlock (landlock(7)): rights that a thread gives up, and all that it starts.

No privilege is needed, and nothing brings them back.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path
from typing import TypeVar

from desktopd.confinement.ways_out import shut_ways_out
from desktopd.threads import Threads

T = TypeVar("T")

CREATE_RULESET, ADD_RULE, RESTRICT_SELF, OPENAT2 = 444, 445, 446, 437
"""Numbers of system calls, the same on every machine that Linux of today runs on."""
_NO_LINKS = 0x04
"""RESOLVE_NO_SYMLINKS of openat2(2): nobody puts a link there in time."""
ASK_VERSION = 1
PATH_BENEATH = 1
SET_NO_NEW_PRIVS = 38


class Right(IntFlag):
    """What may be done below a folder, or to a file (linux/landlock.h, LANDLOCK_ACCESS_FS_…)."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


READ = Right.READ_FILE | Right.READ_DIR
RUN = READ | Right.EXECUTE
DEVICE = Right.READ_FILE | Right.WRITE_FILE | Right.IOCTL_DEV | Right.READ_DIR
WRITE = ~(Right.EXECUTE | Right.MAKE_CHAR | Right.MAKE_BLOCK | Right.IOCTL_DEV)
_OF_FILES = DEVICE ^ Right.READ_DIR | Right.EXECUTE | Right.TRUNCATE
_SINCE = {Right.REFER: 2, Right.TRUNCATE: 3, Right.IOCTL_DEV: 5}
_BIND_AND_CONNECT_TCP = 0b11
_TCP_SINCE = 4
_ABSTRACT_SOCKETS, _SIGNALS = 0b01, 0b10
_SCOPES_SINCE = 6
_KEPT_SINCE = {
    "files from being shortened": 3,
    "TCP": _TCP_SINCE,
    "devices' own commands": 5,
    "signals and abstract sockets": _SCOPES_SINCE,
}
_CAPABILITIES_OF_64_BITS = 0x20080522
_OF_OWN_FILES = (0b11011, 0)
"""CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER and CAP_FSETID (capabilities(7))."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What may be done to `path` and all that lies below it; on the way to it is no link."""

    path: Path
    access: Right


@dataclass(frozen=True, slots=True)
class Wall:
    """All that is left to whoever is behind it.

    `tcp`: connections and listening, with any host. `abstract_sockets`: those unix sockets of
    others that have no file. Signals reach who is behind it as well, and nobody else.
    """

    rules: Sequence[Rule]
    tcp: bool
    abstract_sockets: bool


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _OpenHow(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in ("flags", "mode", "resolve"))


class _Capabilities(ctypes.Structure):
    """32 of them, the lower ones first (capget(2))."""

    _fields_ = tuple((name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable"))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("access", ctypes.c_uint64), ("parent", ctypes.c_int32))


_libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """The version of the kernel's Landlock, from 1; 0 where it has none, or a filter forbids it."""
    version: int = _libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION)
    return max(0, version)


def lacking(version: int) -> str:
    """What a kernel with this version of Landlock does not keep, in words; empty for nothing."""
    if not version:
        return "there is no Landlock in this kernel, or not in this container"
    missing = [what for what, since in _KEPT_SINCE.items() if version < since]
    return f"Landlock {version} does not keep {', '.join(missing)}" if missing else ""


def behind(wall: Wall, act: Callable[[], T]) -> T:
    """What `act` returns in a thread of its own; it and what it starts stay behind `wall`.

    Raises OSError where the kernel does not make one.
    """

    def confined() -> T:
        _give_up(wall, abi())
        return act()

    with Threads(1) as thread:
        return thread.submit(confined).result()


def _give_up(wall: Wall, version: int) -> None:
    """Leave this thread what `wall` says, as far as a kernel with this `version` keeps it."""
    handled = ~Right(sum(one for one, since in _SINCE.items() if version < since))
    ruleset = _Ruleset(
        handled,
        0 if wall.tcp or version < _TCP_SINCE else _BIND_AND_CONNECT_TCP,
        _scopes(wall) if version >= _SCOPES_SINCE else 0,
    )
    # A kernel refuses what it does not know, a longer structure too.
    size = 24 if version >= _SCOPES_SINCE else 16 if version >= _TCP_SINCE else 8
    descriptor = _call(CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), 0)
    try:
        for rule in wall.rules:
            _add(descriptor, rule, handled)
        _check(_libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _drop_capabilities()
        _call(RESTRICT_SELF, descriptor, 0)
    finally:
        os.close(descriptor)
    shut_ways_out(tcp=wall.tcp)


def _drop_capabilities() -> None:
    """Of root's, leave those that have it use its files: others see into processes outside."""
    capabilities = (_Capabilities * 2)()
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_OF_64_BITS, 0)
    _check(_libc.capget(header, capabilities))
    for one, left in zip(capabilities, _OF_OWN_FILES, strict=True):
        one.effective &= left
        one.permitted &= left
        one.inheritable = 0
    _check(_libc.capset(header, capabilities))


def _scopes(wall: Wall) -> int:
    return _SIGNALS | (0 if wall.abstract_sockets else _ABSTRACT_SOCKETS)


def _add(ruleset: int, rule: Rule, handled: Right) -> None:
    """Allow what `rule` says; nothing where there is no such path, or none to be reached."""
    how = _OpenHow(os.O_PATH | os.O_CLOEXEC, 0, _NO_LINKS)
    name = os.fsencode(rule.path)
    place = _libc.syscall(OPENAT2, -1, name, ctypes.byref(how), ctypes.c_size_t(24))
    if place < 0:
        return
    try:
        access = rule.access & handled
        if not os.path.isdir(f"/proc/self/fd/{place}"):  # noqa: PTH112
            access &= _OF_FILES
        beneath = _PathBeneath(access, place)
        _call(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(beneath), 0)
    finally:
        os.close(place)


def _call(number: int, *arguments: object) -> int:
    return _check(_libc.syscall(number, *arguments))


def _check(answer: int) -> int:
    if answer < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"the kernel confines no programs: {os.strerror(error)}")
    return answer
