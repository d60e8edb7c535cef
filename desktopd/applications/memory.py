"""What a control group says of its memory: how often the kernel has killed in it, and its limit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from desktopd.control_groups import ROOT, ControlGroup, groups_of

COUNTER = "oom_kill"
UNLIMITED = 1 << 60
"""Version 1 has no word for no limit: it is the largest number of pages that fits."""


# Kernel documentation: cgroup-v2 and cgroup-v1/memory.
_COUNTERS = {1: "memory.oom_control", 2: "memory.events"}
_LIMITS = {1: "memory.limit_in_bytes", 2: "memory.max"}


class MemoryGroup:
    """The control group that counts the memory of one process, as it is while that runs.

    A process in the topmost group, or on a kernel without the memory controller, is not counted.
    """

    def __init__(self, pid: int, root: Path = ROOT) -> None:
        self._group = _counting_group(pid, root)
        self._before = self._count()

    @property
    def kills(self) -> int | None:
        """Kills since this was made; None where nobody counts, or no longer."""
        now = self._count()
        return None if now is None or self._before is None else now - self._before

    @property
    def limit(self) -> int | None:
        """Bytes that the group, with all groups around it, may take; None without a limit."""
        if self._group is None:
            return None
        name = _LIMITS[self._group.version]
        return min(
            (bytes_ for g in self._group.around for bytes_ in _limit(g / name)), default=None
        )

    def _count(self) -> int | None:
        return None if self._group is None else _count(self._group)


def _counting_group(pid: int, root: Path) -> ControlGroup | None:
    """The group that counts for `pid`; None without one."""
    groups = groups_of(pid, "memory", root)
    return next((group for group in groups if _count(group) is not None), None)


def _count(group: ControlGroup) -> int | None:
    return _kills(group.folder / _COUNTERS[group.version])


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
