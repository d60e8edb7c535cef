"""What a control group says of its memory: how often the kernel has killed in it, and its limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/")
COUNTER = "oom_kill"
UNLIMITED = 1 << 60
"""Version 1 has no word for no limit: it is the largest number of pages that fits."""


@dataclass(frozen=True, slots=True)
class _Version:
    """Where one version of control groups is mounted, and what its files are called."""

    mounts: tuple[str, ...]
    counter: str
    limit: str


# Kernel documentation: cgroup-v2 and cgroup-v1/memory.
_V2 = _Version(("sys/fs/cgroup", "sys/fs/cgroup/unified"), "memory.events", "memory.max")
_V1 = _Version(("sys/fs/cgroup/memory",), "memory.oom_control", "memory.limit_in_bytes")


class MemoryGroup:
    """The control group that counts the memory of one process, as it is while that runs.

    A process in the topmost group, or on a kernel without the memory controller, is not counted.
    """

    def __init__(self, pid: int, root: Path = ROOT) -> None:
        self._place = _place(pid, root)
        self._before = self._count()

    @property
    def kills(self) -> int | None:
        """Kills since this was made; None where nobody counts, or no longer."""
        now = self._count()
        return None if now is None or self._before is None else now - self._before

    @property
    def limit(self) -> int | None:
        """Bytes that the group, with all groups around it, may take; None without a limit."""
        if self._place is None:
            return None
        version, mount, folder = self._place
        around = (group for group in (folder, *folder.parents) if group.is_relative_to(mount))
        return min((bytes_ for g in around for bytes_ in _limit(g / version.limit)), default=None)

    def _count(self) -> int | None:
        if self._place is None:
            return None
        version, _, folder = self._place
        return _kills(folder / version.counter)


def _place(pid: int, root: Path) -> tuple[_Version, Path, Path] | None:
    """Version, mount and folder of the group that counts for `pid`; None without one."""
    try:
        groups = (root / f"proc/{pid}/cgroup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return None
    for group in groups:
        _, controllers, path = group.split(":", 2)
        if controllers == "":
            version = _V2
        elif "memory" in controllers.split(","):
            version = _V1
        else:
            continue
        for mount in (root / name for name in version.mounts):
            # In a container the mount may show its own group alone, as if that were the topmost.
            for folder in (mount / path.lstrip("/"), mount):
                if _kills(folder / version.counter) is not None:
                    return version, mount, folder
    return None


def _kills(file: Path) -> int | None:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return None
    counts = dict(line.split(" ", 1) for line in lines if " " in line)
    return int(counts[COUNTER]) if COUNTER in counts else None


def _limit(file: Path) -> Iterator[int]:
    """The limit that a file tells, if it tells one."""
    try:
        told = file.read_text().strip()
    except OSError:
        return
    if told.isdecimal() and int(told) < UNLIMITED:
        yield int(told)
