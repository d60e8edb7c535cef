"""What a folder says of what is in it."""

from __future__ import annotations

import os

import pytest

from desktopd.files.errors import Missing
from desktopd.files.listing import EntryKind, entry, list_folder, listing
from desktopd.files.paths import FilePath
from tests.unit.files.trees import Tree, at


def test_a_folder(tree: Tree) -> None:
    os.utime(tree.write("b.tif", b"123"), (5, 1_700_000_000.5))
    tree.write(".zattrs", b"")
    tree.write("a/inner")
    (tree.path / "c").symlink_to("a")
    with listing(tree.root, at("")) as found:
        entries = [*found.entries]
    assert [(e.path.name, e.kind, e.size) for e in entries] == [
        (".zattrs", EntryKind.FILE, 0),
        ("a", EntryKind.FOLDER, None),
        ("b.tif", EntryKind.FILE, 3),
        ("c", EntryKind.LINK, None),
    ]
    assert entries[2].modified == 1_700_000_000.5
    assert 0 < found.space.free < found.space.total
    (inner,) = list_folder(tree.root, at("a"))
    assert inner.path == at("a/inner")


def test_no_more_of_a_folder_is_looked_at_than_is_taken(tree: Tree) -> None:
    for name in ("a", "b", "c"):
        tree.write(name)
    with listing(tree.root, at("")) as found:
        assert next(found.entries).path == at("a")
        (tree.path / "b").unlink()
        assert [entry.path for entry in found.entries] == [at("c")]


def test_names_that_are_no_utf8_can_be_addressed(tree: Tree) -> None:
    tree.write("gr\udcfcn")
    (found,) = list_folder(tree.root, at(""))
    assert (str(found.path), found.path.href) == ("gr%FCn", "gr%FCn")
    assert entry(tree.root, FilePath.from_url(found.path.href.encode())) == found


def test_unfinished_uploads_are_neither_listed_nor_counted(tree: Tree) -> None:
    tree.staging.begin(at(""), "draft", None).close()
    assert list_folder(tree.root, at("")) == ()
    assert tree.names() == [f".desktopd-uploads-{os.geteuid()}", tree.names()[0] + "/draft"]


def test_what_is_not_there(tree: Tree) -> None:
    for path in ("nothing", "nothing/inner"):
        with pytest.raises(Missing, match="no such file or folder"):
            list_folder(tree.root, at(path))
        with pytest.raises(Missing, match="no such file or folder"):
            entry(tree.root, at(path))
