"""What somebody may lay in the place of a file."""

from __future__ import annotations

import os
from pathlib import Path

KINDS = ("pipe", "folder", "link")


def lay(kind: str, place: Path, target: Path) -> None:
    """Lay one of KINDS there, the link to `target`."""
    match kind:
        case "pipe":
            os.mkfifo(place)
        case "folder":
            place.mkdir()
        case "link":
            place.symlink_to(target)
        case _:
            raise ValueError(kind)
