"""Whether files outlive the container that they are in, by where its disks are mounted."""

from __future__ import annotations

from pathlib import Path

from desktopd.files.mounts import ROOT, Mount, is_below, mounts

MARKS = (".dockerenv", "run/.containerenv")
"""Files that Docker and Podman put into every container."""
LAYERS = frozenset({"overlay", "fuse.fuse-overlayfs", "aufs"})
"""File systems that put a writable layer on an image; containerd leaves no other mark."""
MEMORY = frozenset({"tmpfs", "ramfs"})


def is_lasting(path: Path, root: Path = ROOT) -> bool:
    """Whether what is written to `path`, which has no link in it, outlives this container.

    It does not on the container's own writable layer, and not in memory; true outside of
    containers. Of a volume nobody can tell from inside whether it goes with the container.
    """
    known = mounts(root)
    if not _is_container(_mount_of("/", known), root):
        return True
    mount = _mount_of(str(path), known)
    return mount is None or (mount.point != "/" and mount.kind not in MEMORY)


def in_container(root: Path = ROOT) -> bool:
    """Whether this process runs in a container."""
    return _is_container(_mount_of("/", mounts(root)), root)


def _is_container(top: Mount | None, root: Path) -> bool:
    if top is None or top.kind in LAYERS:
        return top is not None
    # A machine that was made of an image keeps the mark, and has a disk of its own.
    return top.shown != "/" and any((root / mark).exists() for mark in MARKS)


def _mount_of(path: str, known: list[Mount]) -> Mount | None:
    """The innermost mount around a path; of several at one point the latest covers the others."""
    around = [mount for mount in known if is_below(path, mount.point)]
    return max(reversed(around), key=lambda mount: len(mount.point), default=None)
