"""Files that are written in one go: whole, or nothing of them."""

from __future__ import annotations

import pytest

from desktopd.files.changes import IfExists
from desktopd.files.errors import (
    Conflict,
)
from desktopd.files.new_file import NewFile
from tests.unit.files.trees import Tree, at
from tests.unit.files.uploading import BYTES


def test_whole_or_nothing(tree: Tree) -> None:
    for finish in (False, True):
        file = NewFile(tree.staging, at("a/new"), len(BYTES), IfExists.FAIL)
        file.write(BYTES)
        assert not (tree.path / "a").exists()
        if finish:
            assert file.place().size == len(BYTES)
        file.close()
        assert tree.names() == (["a", "a/new"] if finish else [])


def test_a_name_that_is_taken_meanwhile(tree: Tree) -> None:
    file = NewFile(tree.staging, at("new"), None, IfExists.FAIL)
    tree.write("new", b"other")
    with pytest.raises(Conflict):
        file.place()
    file.close()
    assert tree.names() == ["new"]
    assert (tree.path / "new").read_bytes() == b"other"
