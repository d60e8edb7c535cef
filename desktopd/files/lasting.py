"""Whether files outlive the container that they are in, by where its disks are mounted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/")
MARKS = (".dockerenv", "run/.containerenv")
"""Files that Docker and Podman put into every container."""
LAYERS = frozenset({"overlay", "fuse.fuse-overlayfs", "aufs"})
"""File systems that put a writable layer on an image; containerd leaves no other mark."""
MEMORY = frozenset({"tmpfs", "ramfs"})
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class _Mount:
    """One mount: where it is, which kind of file system, and which folder of that it shows."""

    point: Path
    kind: str
    shown: str


def is_lasting(path: Path, root: Path = ROOT) -> bool:
    """Whether what is written to `path`, which has no link in it, outlives this container.

    It does not on the container's own writable layer, and not in memory; true outside of
    containers. Of a volume nobody can tell from inside whether it goes with the container.
    """
    mounts = _mounts(root)
    if not _is_container(_mount_of(Path("/"), mounts), root):
        return True
    mount = _mount_of(path, mounts)
    return mount is None or (mount.point != Path("/") and mount.kind not in MEMORY)


def in_container(root: Path = ROOT) -> bool:
    """Whether this process runs in a container."""
    return _is_container(_mount_of(Path("/"), _mounts(root)), root)


def _mounts(root: Path) -> list[_Mount]:
    text = (root / "proc/self/mountinfo").read_text()
    return [_parse(line) for line in text.splitlines()]


def _is_container(top: _Mount | None, root: Path) -> bool:
    if top is None or top.kind in LAYERS:
        return top is not None
    # A machine that was made of an image keeps the mark, and has a disk of its own.
    return top.shown != "/" and any((root / mark).exists() for mark in MARKS)


def _parse(line: str) -> _Mount:
    """A line of proc_pid_mountinfo(5): fields 4 and 5, and the first one behind the hyphen."""
    before, _, behind = line.partition(" - ")
    shown, point = before.split(" ")[3:5]
    return _Mount(Path(_OCTAL.sub(_character, point)), behind.split(" ")[0], shown)


def _character(octal: re.Match[str]) -> str:
    return chr(int(octal[1], 8))


def _mount_of(path: Path, mounts: list[_Mount]) -> _Mount | None:
    """The innermost mount around a path; of several at one point the latest covers the others."""
    around = [mount for mount in mounts if path.is_relative_to(mount.point)]
    return max(reversed(around), key=lambda mount: len(mount.point.parts), default=None)
