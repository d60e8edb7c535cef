"""The walk never leaves the root: by no name, by no link, and not while links are swapped in."""

from __future__ import annotations

import os
import socket
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.files.archive import zip_folder
from desktopd.files.changes import IfExists, make_folder, rename
from desktopd.files.errors import BadPath, Conflict, FilesError, Forbidden, Missing
from desktopd.files.listing import EntryKind, entry, list_folder
from desktopd.files.new_file import NewFile
from desktopd.files.paths import FilePath
from desktopd.files.reading import open_to_read
from desktopd.files.removal import Removal
from tests.meanwhile import repeating
from tests.unit.files.trees import SECRET, Tree, at

ODD = [
    "",
    ".",
    "..",
    "...",
    "in",
    "out",
    "out",
    "file",
    "secret",
    "%2e%2e",
    "%2F",
    "%00",
    "..\\..",
    "~",
]
PARTS = st.one_of(st.sampled_from(ODD), st.text(max_size=3), st.text("./%\0\n", max_size=6))
PATHS = st.lists(PARTS, max_size=4).map("/".join)


def read(tree: Tree, path: FilePath) -> bytes:
    file = open_to_read(tree.root, path)
    try:
        return b"".join(file.pieces(0, file.size))
    finally:
        file.close()


def write(tree: Tree, path: FilePath, content: bytes) -> None:
    file = NewFile(tree.staging, path, len(content), IfExists.REPLACE)
    try:
        file.write(content)
        file.place()
    finally:
        file.close()


def attempt(tree: Tree, path: FilePath, other: FilePath) -> None:
    """Everything that can be done with a path; SECRET must not be seen."""
    for action in (
        lambda: list_folder(tree.root, path),
        lambda: read(tree, path),
        lambda: write(tree, path, b"written"),
        lambda: make_folder(tree.root, path),
        lambda: rename(tree.root, path, other, IfExists.REPLACE),
        lambda: Removal(tree.root, other, recursive=False).run(),
    ):
        with suppress(FilesError):
            assert SECRET not in repr(action()).encode()


def from_url(text: str) -> FilePath:
    return FilePath.from_url(text.encode(errors="surrogatepass"))


def linked_tree(folder: Path) -> Tree:
    """A tree with links that lead out of it."""
    tree = Tree(folder)
    (tree.path / "in").mkdir()
    (tree.path / "out").symlink_to(tree.outside)
    (tree.path / "file").symlink_to(tree.outside / "secret")
    return tree


@pytest.fixture
def linked(tmp_path: Path) -> Tree:
    return linked_tree(tmp_path)


@given(st.lists(PATHS, min_size=20, max_size=20))
def test_thousands_of_names(texts: list[str]) -> None:
    """2,000 of them, and 10,000 with ``--hypothesis-profile=thorough``."""
    for text, other in zip(texts, reversed(texts), strict=True):
        # In memory: a disk would take minutes.
        with TemporaryDirectory(dir="/dev/shm") as folder:
            tree = linked_tree(Path(folder))
            for make in (FilePath.parse, from_url):
                with suppress(FilesError):
                    attempt(tree, make(text), FilePath.parse(other))
            assert tree.is_untouched_outside(), (text, other)


def test_links_are_listed_and_not_followed(linked: Tree) -> None:
    kinds = {e.path.name: e.kind for e in list_folder(linked.root, at(""))}
    assert (kinds["in"], kinds["out"], kinds["file"]) == (
        EntryKind.FOLDER,
        EntryKind.LINK,
        EntryKind.LINK,
    )
    with pytest.raises(Forbidden, match="file: a link, and links are not followed"):
        read(linked, at("file"))
    for path in ("out", "out/secret"):
        with pytest.raises(Forbidden, match="a link, and links are not followed"):
            list_folder(linked.root, at(path))


def test_a_link_itself_can_be_renamed_and_deleted(tree: Tree) -> None:
    (tree.path / "link").symlink_to(tree.outside)
    rename(tree.root, at("link"), at("renamed"), IfExists.FAIL)
    assert (tree.path / "renamed").is_symlink()
    Removal(tree.root, at("renamed"), recursive=True).run()
    assert tree.names() == []
    assert tree.is_untouched_outside()


def test_a_file_takes_the_place_of_a_link_and_not_of_its_target(tree: Tree) -> None:
    (tree.path / "link").symlink_to(tree.outside / "secret")
    write(tree, at("link"), b"new")
    assert (tree.path / "link").read_bytes() == b"new"
    assert not (tree.path / "link").is_symlink()
    assert tree.is_untouched_outside()


def test_deleting_a_folder_leaves_what_its_links_point_to(tree: Tree) -> None:
    (tree.path / "a" / "b").mkdir(parents=True)
    (tree.path / "a" / "b" / "out").symlink_to(tree.outside)
    Removal(tree.root, at("a"), recursive=True).run()
    assert tree.names() == []
    assert tree.is_untouched_outside()


@contextmanager
def swapped(tree: Tree) -> Iterator[None]:
    """All the time ``d`` is a folder in one moment, and a link to the outside in the next."""
    real, link, name = (tree.path / n for n in ("real", "link", "d"))
    tree.write("real/secret", b"harmless")
    link.symlink_to(tree.outside)
    real.rename(name)

    def swap() -> None:
        name.rename(real)
        link.rename(name)
        name.rename(link)
        real.rename(name)

    with repeating(swap):
        yield


def test_a_link_that_is_swapped_in(tree: Tree) -> None:
    done, refused = Counter[str](), Counter[str]()
    tree.write("victim")
    actions = {
        "read": lambda: read(tree, at("d/secret")),
        "zip": lambda: b"".join(zip_folder(tree.root, at("d"))),
        "list": lambda: list_folder(tree.root, at("d")),
        "move in": lambda: rename(tree.root, at("victim"), at("d/victim"), IfExists.REPLACE),
        "move out": lambda: rename(tree.root, at("d/victim"), at("victim"), IfExists.REPLACE),
    }
    with swapped(tree):
        for name, action in islice(cycle(actions.items()), 20_000):
            try:
                assert SECRET not in repr(action()).encode()
                done[name] += 1
            except FilesError:
                refused[name] += 1
    assert min(*done.values(), *refused.values()) > 10, (done, refused)
    assert len(done) == len(refused) == len(actions)
    assert tree.is_untouched_outside()


class TestSpecialFiles:
    def test_a_fifo_is_refused_at_once(self, tree: Tree) -> None:
        os.mkfifo(tree.path / "fifo")
        with pytest.raises(Forbidden, match="neither a file nor a folder"):
            read(tree, at("fifo"))
        assert entry(tree.root, at("fifo")).kind is EntryKind.OTHER

    def test_a_socket_is_refused(self, folder: Path) -> None:
        tree = Tree(folder)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(tree.path / "s"))
            with pytest.raises(Forbidden, match="neither a file nor a folder"):
                read(tree, at("s"))

    def test_the_environment_by_a_link(self, tree: Tree) -> None:
        (tree.path / "environ").symlink_to("/proc/self/environ")
        (tree.path / "proc").symlink_to("/proc/self")
        for path in ("environ", "proc/environ"):
            with pytest.raises(Forbidden, match="a link"):
                read(tree, at(path))

    def test_a_folder_is_no_file_and_a_file_no_folder(self, tree: Tree) -> None:
        tree.write("a/b")
        with pytest.raises(Conflict, match="a: a folder"):
            read(tree, at("a"))
        for path in ("a/b", "a/b/c"):
            with pytest.raises(Conflict, match="no folder"):
                list_folder(tree.root, at(path))


class TestNames:
    def test_a_name_from_a_mac_is_found_as_linux_spells_it_and_back(self, tree: Tree) -> None:
        composed, decomposed = "gr\u00fcn", "gru\u0308n"
        tree.write(f"{decomposed}/a", b"1")
        tree.write(f"in/{composed}", b"2")
        assert read(tree, FilePath((composed, "a"))) == b"1"
        assert read(tree, FilePath(("in", decomposed))) == b"2"
        assert entry(tree.root, FilePath((composed,))).path.name == decomposed
        with pytest.raises(Conflict):
            make_folder(tree.root, FilePath((composed,)))

    @pytest.mark.parametrize("name", ["\u00e9" * 127, "\ud55c" * 85])
    def test_a_name_is_as_long_as_it_is_composed(self, tree: Tree, name: str) -> None:
        decomposed = unicodedata.normalize("NFD", name)
        made = make_folder(tree.root, FilePath.parse(decomposed) / "inner")
        assert made.path.names == (name, "inner")
        for spelling in (name, decomposed):
            assert entry(tree.root, FilePath.parse(spelling)).path.name == name
        write(tree, FilePath.parse(f"{name}/{name}"), b"")
        with pytest.raises(BadPath, match="longer than 255"):
            FilePath.parse(f"{decomposed}xxx")

    def test_what_is_there_can_be_reached_whatever_its_name(self, tree: Tree) -> None:
        for name in ("a\nb", "back\\slash", "gr\udcfcn"):
            tree.write(name, b"old")
            path = FilePath.from_url(FilePath((name,)).href.encode())
            assert read(tree, path) == b"old"
            rename(tree.root, path, at("clean"), IfExists.FAIL)
            Removal(tree.root, at("clean"), recursive=False).run()

    def test_no_name_of_anything_new(self, tree: Tree) -> None:
        tree.write("old")
        for name in ("a\nb", "back\\slash", "\x1b[2J"):
            for action in (
                lambda path: make_folder(tree.root, path),
                lambda path: make_folder(tree.root, path / "inner"),
                lambda path: write(tree, path, b""),
                lambda path: rename(tree.root, at("old"), path, IfExists.FAIL),
            ):
                with pytest.raises(FilesError, match="in a name"):
                    action(FilePath((name,)))
        assert tree.names() == ["old"]


def test_a_root_that_is_gone(tree: Tree) -> None:
    tree.path.rmdir()
    with pytest.raises(Missing, match="the top folder"):
        list_folder(tree.root, at(""))
    with pytest.raises(Missing):
        write(tree, at("a"), b"")


def test_no_descriptor_is_left_open(linked: Tree) -> None:
    before = list(Path("/proc/self/fd").iterdir())
    for path in ("", "in", "out", "out/secret", "file", "nowhere/x", "in/nowhere", "file/x"):
        attempt(linked, at(path), at("in/moved"))
    assert len(list(Path("/proc/self/fd").iterdir())) == len(before)
