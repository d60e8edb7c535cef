"""A file that is read while somebody writes to it: whole as it was, or an error."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktopd.files.errors import DiskError
from desktopd.files.reading import PIECE, OpenedFile, open_to_read
from tests.unit.files.trees import Tree, at


def begun(tree: Tree) -> tuple[Path, bytes, OpenedFile]:
    content = os.urandom(3 * PIECE)
    path = tree.write("cells.tif", content)
    # The clock of a disk may stand for some milliseconds.
    os.utime(path, (0, 0))
    return path, content, open_to_read(tree.root, at("cells.tif"))


@pytest.mark.parametrize("size", [3 * PIECE, 2 * PIECE])
def test_what_is_written_anew_is_no_mixture(tree: Tree, size: int) -> None:
    path, content, file = begun(tree)
    pieces = file.pieces(0, file.size)
    assert next(pieces) == content[:PIECE]
    path.write_bytes(os.urandom(size))
    with pytest.raises(DiskError, match="was changed while it was read"):
        next(pieces)
    file.close()


def test_what_grows_or_is_replaced_is_read_as_it_was(tree: Tree) -> None:
    path, content, file = begun(tree)
    pieces = file.pieces(0, file.size)
    read = next(pieces)
    with path.open("ab") as more:
        more.write(b"more")
    path.rename(path.with_name("old"))
    tree.write("cells.tif", b"another")
    assert read + b"".join(pieces) == content
    file.close()
