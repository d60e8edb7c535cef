"""What a folder holds in all: how many bytes, and when something in it changed last.

Tested by tests/unit/files/test_results.py.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass

from desktopd.files.errors import BadPath, explained
from desktopd.files.paths import FilePath
from desktopd.files.root import Root


@dataclass(frozen=True, slots=True)
class TreeFacts:
    """Bytes of all plain files of a tree, and the latest change in seconds (Unix)."""

    size: int
    modified: float


def tree_facts(root: Root, path: FilePath) -> TreeFacts:
    """The facts of the folder at `path`; raises FilesError.

    Links are not followed; what cannot be read, or goes meanwhile, is not counted.
    """
    size, modified = 0, 0.0
    with root.folder(path) as folder, explained(path):
        try:
            for _, _, files, descriptor in os.fwalk(dir_fd=folder):
                modified = max(modified, os.fstat(descriptor).st_mtime)
                for name in files:
                    with suppress(OSError):
                        status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                        size += status.st_size
                        modified = max(modified, status.st_mtime)
        except RecursionError:
            raise BadPath(
                f"{path}: folders too deep in each other", "delete the inner ones"
            ) from None
    return TreeFacts(size, modified)
