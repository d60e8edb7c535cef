"""How many cores this process may use: threads that draw and encode are counted by this."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

from desktopd.control_groups import ROOT, groups_of


def usable_cores(root: Path = ROOT) -> int:
    """Cores that affinity and control groups leave to this process; part of one counts as one."""
    cores = len(os.sched_getaffinity(0))
    return max(1, math.ceil(min((*_shares(root), float(cores)))))


def _shares(root: Path) -> Iterator[float]:
    """The time that each group around this process may take, in cores."""
    for group in groups_of("self", "cpu", root):
        for folder in group.around:
            try:
                yield _share(folder)
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
