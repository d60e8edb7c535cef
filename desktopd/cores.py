"""How many cores this process may use: threads that draw and encode are counted by this."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")
# Kernel documentation: cgroup-v2 (cpu.max) and scheduler/sched-bwc (version 1).
_MOUNTS_V2 = ("sys/fs/cgroup", "sys/fs/cgroup/unified")
_MOUNTS_V1 = ("sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct", "sys/fs/cgroup/cpuacct,cpu")


def usable_cores(root: Path = ROOT) -> int:
    """Cores that affinity and control groups leave to this process; part of one counts as one."""
    cores = len(os.sched_getaffinity(0))
    return max(1, math.ceil(min((*_shares(root), float(cores)))))


def _shares(root: Path) -> Iterator[float]:
    """The time that each group around this process may take, in cores."""
    for group in _groups(root):
        try:
            yield _share(group)
        except (OSError, ValueError, ZeroDivisionError):
            # A group without a limit, or a mount without this controller.
            continue


def _share(group: Path) -> float:
    """The limit of one group, in cores; raises OSError or ValueError where it has none."""
    file = group / "cpu.max"
    if file.exists():
        quota, period = file.read_text().split()
    else:
        quota = (group / "cpu.cfs_quota_us").read_text()
        period = (group / "cpu.cfs_period_us").read_text()
    cores = int(quota) / int(period)
    if cores <= 0:
        raise ValueError("no limit")
    return cores


def _groups(root: Path) -> Iterator[Path]:
    """The groups of this process, each with those around it, as far as they are mounted here."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        for name in _MOUNTS_V1 if controllers else _MOUNTS_V2:
            mount = root / name
            # In a container the mount may show its own group alone, as if that were the topmost.
            folder = mount / path.lstrip("/")
            yield from (g for g in (folder, *folder.parents) if g.is_relative_to(mount))
