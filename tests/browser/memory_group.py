"""A control group with a limit on its memory, of version 1 or 2, whichever can be made here.

Kernel documentation: cgroup-v1/memory, cgroup-v2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

Limit = Callable[[int | None], object]
V1 = Path("/sys/fs/cgroup/memory")
V2 = Path("/sys/fs/cgroup")


@contextmanager
def memory_group(pid: int) -> Iterator[Limit]:
    """Move a process, and what it starts, into a group; yields how to limit its further bytes."""
    groups = dict(line.split(":")[1:] for line in Path("/proc/self/cgroup").read_text().split())
    with ExitStack() as undo:
        try:
            if "memory" in groups:
                limit = _version_1(_below(V1, groups["memory"]), pid, undo)
            else:
                limit = _version_2(_below(V2, groups[""]), pid, undo)
        except OSError as error:
            pytest.skip(f"no control group for memory can be made here: {error}")
        yield limit


def _below(mount: Path, path: str) -> Path:
    """The folder of a group; in a container the mount may show its own group alone."""
    folder = mount / path.lstrip("/")
    return folder if folder.is_dir() else mount


def _version_1(parent: Path, pid: int, undo: ExitStack) -> Limit:
    group = _group(parent, pid, parent, undo)
    return _limit(group / "memory.usage_in_bytes", group / "memory.limit_in_bytes", "-1")


def _version_2(parent: Path, pid: int, undo: ExitStack) -> Limit:
    control, rest = parent / "cgroup.subtree_control", parent
    if "memory" not in control.read_text().split():
        # A group that gives its memory on to those inside may hold no process itself.
        rest = parent / "desktopd-test-rest"
        rest.mkdir()
        undo.callback(rest.rmdir)
        _move(parent, rest)
        undo.callback(_move, rest, parent)
        control.write_text("+memory")
        undo.callback(control.write_text, "-memory")
    group = _group(parent, pid, rest, undo)
    return _limit(group / "memory.current", group / "memory.max", "max")


def _group(parent: Path, pid: int, afterwards: Path, undo: ExitStack) -> Path:
    """A new group with a process in it; what is in it at the end goes to group `afterwards`."""
    group = parent / f"desktopd-test-{pid}"
    group.mkdir()
    undo.callback(group.rmdir)
    (group / "cgroup.procs").write_text(str(pid))
    undo.callback(_move, group, afterwards)
    return group


def _move(group: Path, other: Path) -> None:
    for process in (group / "cgroup.procs").read_text().split():
        # It may have ended.
        with suppress(ProcessLookupError):
            (other / "cgroup.procs").write_text(process)


def _limit(used: Path, limit: Path, none: str) -> Limit:
    def set_limit(further: int | None) -> None:
        allowed = none if further is None else str(int(used.read_text()) + further)
        limit.write_text(allowed)

    return set_limit
