"""Whether the kernel has killed for want of memory: the count that a control group keeps."""

from __future__ import annotations

from pathlib import Path

ROOT = Path("/")
COUNTER = "oom_kill"


class OomKills:
    """Processes that the kernel has killed for memory in the control group of one process.

    Version 2 counts in ``memory.events`` and version 1 in ``memory.oom_control`` (kernel
    documentation, cgroup-v2 and cgroup-v1/memory). A process in the topmost group, or on a kernel
    without the memory controller, is not counted.
    """

    def __init__(self, pid: int, root: Path = ROOT) -> None:
        self._file = _counter(pid, root)
        self._before = self._count()

    @property
    def since_start(self) -> int | None:
        """Kills since this was made; None where nobody counts, or no longer."""
        now = self._count()
        return None if now is None or self._before is None else now - self._before

    def _count(self) -> int | None:
        return None if self._file is None else _read(self._file)


def _counter(pid: int, root: Path) -> Path | None:
    """The file that counts for `pid`; None without one."""
    try:
        groups = (root / f"proc/{pid}/cgroup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return None
    for group in groups:
        _, controllers, path = group.split(":", 2)
        if controllers == "":
            mounts, name = ["sys/fs/cgroup", "sys/fs/cgroup/unified"], "memory.events"
        elif "memory" in controllers.split(","):
            mounts, name = ["sys/fs/cgroup/memory"], "memory.oom_control"
        else:
            continue
        # In a container the mount may show its own group alone, as if that were the topmost.
        folders = (root / mount / below for mount in mounts for below in (path.lstrip("/"), "."))
        for folder in folders:
            if _read(folder / name) is not None:
                return folder / name
    return None


def _read(file: Path) -> int | None:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return None
    counts = dict(line.split(" ", 1) for line in lines if " " in line)
    return int(counts[COUNTER]) if COUNTER in counts else None
