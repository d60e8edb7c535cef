"""Where the kernel keeps what it counts for a process: its control groups, of version 1 and 2.

Kernel documentation: cgroup-v2 and cgroup-v1. Tested by tests/unit/applications/test_memory.py and
tests/unit/test_cores.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/")
_HIERARCHIES = "sys/fs/cgroup"


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """A place where the group of a process may be: `folder` below its hierarchy's `mount`."""

    version: int
    mount: Path
    folder: Path

    @property
    def around(self) -> Iterator[Path]:
        """The folders of this group and of those around it, as far as they are mounted."""
        folders = (self.folder, *self.folder.parents)
        return (folder for folder in folders if folder.is_relative_to(self.mount))


def groups_of(process: int | str, controller: str, root: Path = ROOT) -> Iterator[ControlGroup]:
    """Where the groups of `process` (a pid, or ``self``) may be that know `controller`.

    The likeliest come first; not all of them exist. None for a process that has gone.
    """
    try:
        lines = (root / f"proc/{process}/cgroup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        names = controllers.split(",")
        if controllers and controller not in names:
            continue
        # Systems mount several controllers together, in either order.
        together = (controller, controllers, ",".join(names[::-1]))
        mounts = together if controllers else ("", "unified")
        for mount in (root / _HIERARCHIES / name for name in dict.fromkeys(mounts)):
            # In a container the mount may show its own group alone, as if that were the topmost.
            for folder in (mount / path.lstrip("/"), mount):
                yield ControlGroup(1 if controllers else 2, mount, folder)
