"""What is removed of uploads that nobody goes on with."""

from __future__ import annotations

import os
import time

import pytest

from desktopd.files import sweep
from desktopd.files.changes import IfExists
from desktopd.files.errors import (
    Missing,
)
from desktopd.files.new_file import NewFile
from desktopd.files.uploads import Uploads
from tests.unit.files.trees import Tree, at
from tests.unit.files.uploading import BYTES, append, create, whole


@pytest.fixture
def uploads(tree: Tree) -> Uploads:
    return Uploads(tree.staging, tree.records)


def test_what_nobody_went_on_with(tree: Tree, uploads: Uploads) -> None:
    now = time.time()
    old = append(uploads, create(uploads, "a"), BYTES[:5])
    sweep.sweep(tree.staging, tree.records, now + sweep.LIFETIME - 60)
    assert uploads.offset(uploads.find(old.id)) == 5
    sweep.sweep(tree.staging, tree.records, now + sweep.LIFETIME + 60)
    with pytest.raises(Missing):
        uploads.find(old.id)
    assert tree.names() == []


def test_what_is_placed_is_remembered_for_a_while(tree: Tree, uploads: Uploads) -> None:
    upload = whole(uploads, create(uploads, "a"))
    sweep.sweep(tree.staging, tree.records, time.time() + sweep.REMEMBERED - 60)
    assert uploads.find(upload.id).placed == at("a")
    sweep.sweep(tree.staging, tree.records, time.time() + sweep.REMEMBERED + 60)
    assert tree.names() == ["a"]


def test_files_that_a_killed_process_has_left(tree: Tree) -> None:
    left, going_on = (NewFile(tree.staging, at(n), None, IfExists.FAIL) for n in ("a", "b"))
    left._draft.close()
    sweep.sweep(tree.staging, tree.records, time.time())
    assert len(tree.names()) == 2
    going_on.write(BYTES)
    going_on.place()
    going_on.close()
    assert tree.names() == ["b"]


def test_a_folder_that_somebody_has_called_so_keeps_its_files(tree: Tree) -> None:
    for name in ("cells.tif", "once~", "once~cells", "a" * 21, "a" * 23):
        tree.write(f"data/{name}")
    (tree.path / "data").rename(tree.path / f".desktopd-uploads-{os.geteuid()}")
    before = tree.names()
    sweep.sweep(tree.staging, tree.records, time.time() + 2 * sweep.LIFETIME)
    assert tree.names() == before


def test_nothing_there(tree: Tree) -> None:
    sweep.sweep(tree.staging, tree.records, time.time())
    tree.path.rmdir()
    sweep.sweep(tree.staging, tree.records, time.time())
