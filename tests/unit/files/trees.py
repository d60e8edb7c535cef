"""What the tests of the files room share: a root with a secret outside of it."""

from __future__ import annotations

import os
from pathlib import Path

from desktopd.files.limits import UploadLimits
from desktopd.files.paths import FilePath
from desktopd.files.records import Records
from desktopd.files.root import Root
from desktopd.files.staging import Staging

SECRET = b"nobody may read or change this"


class Tree:
    """A folder that is shared, and beside it one that is not."""

    def __init__(self, folder: Path, limits: UploadLimits | None = None) -> None:
        self.outside = folder / "outside"
        self.path = folder / "shared"
        self.outside.mkdir()
        self.path.mkdir()
        (self.outside / "secret").write_bytes(SECRET)
        self.root = Root(self.path)
        self.staging = Staging(self.root, limits or UploadLimits())
        self.records = Records(folder / "records")

    def write(self, name: str, content: bytes = b"here") -> Path:
        """A file below the root."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def names(self) -> list[str]:
        """Every file, link and folder below the root, hidden ones too."""
        return sorted(p.relative_to(self.path).as_posix() for p in self.path.rglob("*"))

    def is_untouched_outside(self) -> bool:
        """Whether the secret is all that is outside."""
        found = {p.name: p.read_bytes() for p in self.outside.iterdir()}
        return found == {"secret": SECRET}


def at(text: str) -> FilePath:
    return FilePath.parse(text)


def nest(folder: Path, name: str, depth: int) -> None:
    """Make so many folders in each other, all of that name: longer than any path may be."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
