"""Numbers of system calls that are the machine's (linux/unistd.h)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Numbers of system calls; `machine` is the kernel's name for it (linux/audit.h)."""

    machine: int
    seccomp: int
    clone: int
    socket: int
    connect: int
    socketpair: int
    programs: tuple[int, ...]
    keys: tuple[int, ...]
    limits: int
    forks: tuple[int, ...] = ()


TABLES = {
    "x86_64": Table(
        0xC000003E, 317, 56, 41, 42, 53, (59, 322), (248, 249, 250), limits=302, forks=(57, 58)
    ),
    "aarch64": Table(0xC00000B7, 277, 220, 198, 203, 199, (221, 281), (217, 218, 219), limits=261),
}
"""`programs` are execve and execveat, `keys` add_key, request_key and keyctl, `limits` prlimit64,
`forks` are fork and vfork, where these are no clone."""
