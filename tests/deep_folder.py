"""Folders in each other, deeper than a path can name and Python's own ways can go."""

from __future__ import annotations

import os
from pathlib import Path

DEPTH = 3000


def make_deep(place: Path) -> None:
    """Make them in `place`, which is there."""
    descriptor = os.open(place, os.O_RDONLY)
    for _ in range(DEPTH):
        os.mkdir("deep", dir_fd=descriptor)
        inner = os.open("deep", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
