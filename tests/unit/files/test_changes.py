"""Folders are made, things renamed and deleted, and nothing is replaced unasked."""

from __future__ import annotations

import errno
import os
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest

from desktopd.files import changes
from desktopd.files.changes import IfExists, make_folder, rename
from desktopd.files.errors import (
    BadPath,
    Conflict,
    DiskError,
    FilesError,
    Forbidden,
    Missing,
    NoSpace,
    TooLarge,
    explained,
)
from desktopd.files.listing import EntryKind
from desktopd.files.new_file import NewFile
from desktopd.files.paths import FilePath
from desktopd.files.removal import Removal
from tests.unit.files.trees import Tree, at, nest

EVERY = [*IfExists]


class TestFolders:
    def test_one_is_made_with_those_around_it(self, tree: Tree) -> None:
        made = make_folder(tree.root, at("a/b/c"))
        assert (made.path, made.kind) == (at("a/b/c"), EntryKind.FOLDER)
        assert tree.names() == ["a", "a/b", "a/b/c"]

    def test_one_that_is_there(self, tree: Tree) -> None:
        tree.write("a/file")
        for path in ("a", "a/file"):
            with pytest.raises(Conflict, match="there is something of that name"):
                make_folder(tree.root, at(path))
        with pytest.raises(Conflict, match="no folder"):
            make_folder(tree.root, at("a/file/b"))
        with pytest.raises(BadPath, match="top folder"):
            make_folder(tree.root, at(""))


class TestRename:
    def test_a_file_and_a_folder(self, tree: Tree) -> None:
        tree.write("a/file")
        assert rename(tree.root, at("a/file"), at("file"), IfExists.FAIL).path == at("file")
        rename(tree.root, at("a"), at("ä"), IfExists.FAIL)
        rename(tree.root, at("file"), at("ä/.file"), IfExists.FAIL)
        assert tree.names() == ["ä", "ä/.file"]

    def test_onto_a_file(self, tree: Tree) -> None:
        tree.write("new", b"new")
        old = tree.write("old.tif", b"old")
        with pytest.raises(Conflict, match=r"old.tif: there is something of that name") as error:
            rename(tree.root, at("new"), at("old.tif"), IfExists.FAIL)
        assert "if_exists=replace" in error.value.remedy
        numbered = rename(tree.root, at("new"), at("old.tif"), IfExists.RENAME)
        assert numbered.path == at("old (2).tif")
        assert old.read_bytes() == b"old"
        rename(tree.root, at("old (2).tif"), at("old.tif"), IfExists.REPLACE)
        assert (tree.names(), old.read_bytes()) == (["old.tif"], b"new")

    @pytest.mark.parametrize("if_exists", [IfExists.FAIL, IfExists.REPLACE])
    @pytest.mark.parametrize(
        ("old", "new"), [("file", "folder"), ("folder", "file"), ("folder", "empty")]
    )
    def test_a_folder_is_never_replaced(
        self, tree: Tree, old: str, new: str, if_exists: IfExists
    ) -> None:
        tree.write("file")
        tree.write("folder/inner")
        (tree.path / "empty").mkdir()
        with pytest.raises(Conflict):
            rename(tree.root, at(old), at(new), if_exists)
        assert tree.names() == ["empty", "file", "folder", "folder/inner"]

    def test_a_folder_beside_one_of_that_name(self, tree: Tree) -> None:
        tree.write("a/1")
        tree.write("b/2")
        assert rename(tree.root, at("a"), at("b"), IfExists.RENAME).path == at("b (2)")
        assert tree.names() == ["b", "b (2)", "b (2)/1", "b/2"]

    @pytest.mark.parametrize("if_exists", EVERY)
    def test_to_itself_and_into_itself(self, tree: Tree, if_exists: IfExists) -> None:
        tree.write("a/file")
        rename(tree.root, at("a"), at("a"), if_exists)
        with pytest.raises(Conflict, match="cannot move into itself"):
            rename(tree.root, at("a"), at("a/b"), if_exists)
        assert tree.names() == ["a", "a/file"]

    @pytest.mark.parametrize("if_exists", EVERY)
    def test_to_a_spelling_that_another_file_has(self, tree: Tree, if_exists: IfExists) -> None:
        composed, decomposed = (unicodedata.normalize(form, "grün") for form in ("NFC", "NFD"))
        tree.write(composed, b"one")
        tree.write(decomposed, b"two")
        with pytest.raises(Conflict):
            rename(tree.root, at(decomposed), at(decomposed), if_exists)
        assert {path.name: path.read_bytes() for path in tree.root.path.iterdir()} == {
            composed: b"one",
            decomposed: b"two",
        }

    def test_to_another_spelling_of_itself(self, tree: Tree) -> None:
        tree.write("gru\u0308n")
        renamed = rename(tree.root, at("gr\u00fcn"), at("gr\u00fcn"), IfExists.FAIL)
        assert renamed.path == at("gr\u00fcn")
        assert tree.names() == ["gr\u00fcn"]

    @pytest.mark.parametrize("is_folder", [False, True])
    def test_to_a_spelling_that_somebody_wants_meanwhile(
        self, tree: Tree, monkeypatch: pytest.MonkeyPatch, *, is_folder: bool
    ) -> None:
        composed, decomposed = (unicodedata.normalize(form, "grün") for form in ("NFC", "NFD"))
        tree.write(f"{decomposed}/inner" if is_folder else decomposed)
        really, refused = os.rename, []

        def late(*names: str, **folders: int) -> None:
            try:
                place = tree.path / composed
                place.mkdir() if is_folder else place.touch(exist_ok=False)
            except FileExistsError as error:
                refused.append(error)
            really(*names, **folders)

        monkeypatch.setattr("os.rename", late)
        rename(tree.root, at(decomposed), at(composed), IfExists.FAIL)
        assert len(refused) == 1, "who comes last hears of it"
        assert tree.names() == ([composed, f"{composed}/inner"] if is_folder else [composed])

    @pytest.mark.parametrize("if_exists", EVERY)
    def test_what_is_not_there(self, tree: Tree, if_exists: IfExists) -> None:
        tree.write("file")
        with pytest.raises(Missing, match="nothing: no such file or folder"):
            rename(tree.root, at("nothing"), at("new"), if_exists)
        with pytest.raises(Missing):
            rename(tree.root, at("file"), at("nowhere/new"), if_exists)
        for old, new in (("", "new"), ("file", "")):
            with pytest.raises(BadPath):
                rename(tree.root, at(old), at(new), if_exists)
        assert tree.names() == ["file"]

    def test_many_at_once_replace_nothing(self, tree: Tree) -> None:
        count = 40
        for n in range(count):
            tree.write(f"{n}", b"%d" % n)

        def move(n: int) -> str:
            return str(rename(tree.root, at(f"{n}"), at("same.tif"), IfExists.RENAME).path)

        with ThreadPoolExecutor(8) as pool:
            names = list(pool.map(move, range(count)))
        assert sorted(names) == tree.names()
        assert {(tree.path / name).read_bytes() for name in names} == {
            b"%d" % n for n in range(count)
        }

    def test_many_at_once_and_one_wins(self, tree: Tree) -> None:
        for n in range(20):
            tree.write(f"{n}", b"%d" % n)

        def move(n: int) -> bool:
            try:
                rename(tree.root, at(f"{n}"), at("same"), IfExists.FAIL)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(move, range(20)))
        assert won.count(True) == 1
        assert (tree.path / "same").read_bytes() == b"%d" % won.index(True)
        assert len(tree.names()) == 20


class TestRemove:
    def test_files_and_folders(self, tree: Tree) -> None:
        tree.write("a/b/file")
        (tree.path / "empty").mkdir()
        with pytest.raises(Conflict, match="a: the folder is not empty") as error:
            Removal(tree.root, at("a"), recursive=False).run()
        assert error.value.remedy == "add ?recursive=true"
        Removal(tree.root, at("empty"), recursive=False).run()
        Removal(tree.root, at("a/b/file"), recursive=True).run()
        Removal(tree.root, at("a"), recursive=True).run()
        assert tree.names() == []

    def test_what_cannot_be_deleted(self, tree: Tree) -> None:
        with pytest.raises(Missing):
            Removal(tree.root, at("nothing"), recursive=True).run()
        with pytest.raises(BadPath):
            Removal(tree.root, at(""), recursive=True).run()

    @pytest.mark.parametrize("name", ["d", "d/in"])
    def test_what_another_has_deleted_meanwhile_is_deleted(
        self, tree: Tree, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        (tree.path / "d" / "in").mkdir(parents=True)

        def remove_twice(path: str, *, dir_fd: int) -> None:
            rmdir(path, dir_fd=dir_fd)
            if path == name.rpartition("/")[2]:
                rmdir(path, dir_fd=dir_fd)

        rmdir = os.rmdir
        monkeypatch.setattr(os, "rmdir", remove_twice)
        Removal(tree.root, at("d"), recursive=True).run()
        assert tree.names() == []

    @pytest.mark.parametrize("name", ["d", "d/in", "d/in/in"])
    def test_what_comes_into_a_folder_that_is_deleted_is_told(
        self, tree: Tree, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        (tree.path / name).mkdir(parents=True)

        def write(path: str, *, dir_fd: int) -> None:
            tree.write(f"{name}/new")
            rmdir(path, dir_fd=dir_fd)

        rmdir = os.rmdir
        monkeypatch.setattr(os, "rmdir", write)
        with pytest.raises(Conflict, match="d: something came into the folder meanwhile"):
            Removal(tree.root, at("d"), recursive=True).run()

    def test_folders_without_end(self, tree: Tree) -> None:
        nest(tree.path, "d", 1500)
        Removal(tree.root, at("d"), recursive=True).run()
        assert tree.names() == []

    def test_what_is_broken_off_or_fails_tells_whether_something_is_deleted(
        self, tree: Tree, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("d/1", "d/2/3"):
            tree.write(name)
        removal = Removal(tree.root, at("d"), recursive=True)
        removal.interrupt()
        removal.run()
        assert (removal.begun, removal.whole) == (False, False)
        assert tree.names() == ["d", "d/1", "d/2", "d/2/3"]

        def fail(name: str, *, dir_fd: int) -> None:
            if name == "2":
                raise PermissionError(errno.EACCES, "no")
            rmdir(name, dir_fd=dir_fd)

        rmdir = os.rmdir
        monkeypatch.setattr(os, "rmdir", fail)
        removal = Removal(tree.root, at("d"), recursive=True)
        with pytest.raises(Forbidden):
            removal.run()
        assert (removal.begun, removal.whole) == (True, False)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOENT, Missing),
        (errno.EACCES, Forbidden),
        (errno.EROFS, Forbidden),
        (errno.ENOSPC, NoSpace),
        (errno.EDQUOT, NoSpace),
        (errno.EFBIG, TooLarge),
        (errno.EXDEV, Conflict),
        (errno.ENAMETOOLONG, BadPath),
        (errno.EIO, DiskError),
        (errno.ESTALE, DiskError),
    ],
)
def test_what_the_system_says_is_explained(number: int, kind: type[FilesError]) -> None:
    with pytest.raises(kind, match=r"^a/b: ") as error, explained(at("a/b")):
        raise OSError(number, os.strerror(number))
    assert error.value.remedy


class TestTakenAway:
    """What is done is told as done, whoever takes it away at once."""

    def test_after_it_was_renamed(self, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
        tree.write("d/a")
        place = changes.place

        def placed(source: int, name: str, target: int, path: FilePath, exists: IfExists) -> str:
            found = place(source, name, target, path, exists)
            (tree.path / "d").rename(tree.path / "gone")
            return found

        monkeypatch.setattr(changes, "place", placed)
        renamed = rename(tree.root, at("d/a"), at("d/b"), IfExists.FAIL)
        assert (renamed.path, renamed.size) == (at("d/b"), 4)
        assert tree.names() == ["gone", "gone/b"]

    def test_after_it_was_made(self, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
        mkdir = os.mkdir

        def made(name: str, *, dir_fd: int) -> None:
            mkdir(name, dir_fd=dir_fd)
            os.rmdir(name, dir_fd=dir_fd)

        monkeypatch.setattr(os, "mkdir", made)
        folder = make_folder(tree.root, at("d"))
        assert (folder.path, folder.kind) == (at("d"), EntryKind.FOLDER)

    def test_after_it_was_uploaded(self, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
        rename_ = os.rename

        def renamed(source: str, target: str, **folders: int) -> None:
            rename_(source, target, **folders)
            (tree.path / target).unlink()

        file = NewFile(tree.staging, at("new"), 5, IfExists.REPLACE)
        file.write(b"12345")
        monkeypatch.setattr(os, "rename", renamed)
        placed = file.place()
        assert (placed.path, placed.size) == (at("new"), 5)
        file.close()
