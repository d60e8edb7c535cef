"""A folder as a zip: whole, readable by others, and never all of it in memory."""

from __future__ import annotations

import io
import os
import subprocess
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest

from desktopd.files.archive import BLOCK, zip_folder
from desktopd.files.errors import Conflict, Missing
from tests.few_descriptors import few_descriptors
from tests.unit.files.trees import Tree, at, nest


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def unzipped(tree: Tree, path: str = "") -> ZipFile:
    archive = ZipFile(io.BytesIO(b"".join(zip_folder(tree.root, at(path)))))
    assert archive.testzip() is None
    return archive


def test_a_tree_of_ten_thousand_files() -> None:
    with TemporaryDirectory(dir="/dev/shm") as folder:
        check_ten_thousand_files(Tree(Path(folder)))


def check_ten_thousand_files(tree: Tree) -> None:
    names = [f"plate/{n // 1000}/ü {n} 😀#%.tif" for n in range(10_000)]
    for n, name in enumerate(names):
        tree.write(name, b"%d" % n)
    archive = unzipped(tree, "plate")
    files = [name for name in archive.namelist() if not name.endswith("/")]
    assert sorted(files) == sorted(names)
    assert all(archive.read(name) == b"%d" % n for n, name in enumerate(names))


def test_other_programs_read_it(tree: Tree, tmp_path: Path) -> None:
    tree.write("plate/grün.tif", os.urandom(3 * BLOCK))
    tree.write("plate/zeros", bytes(BLOCK * 5))
    script = tree.write("plate/run.sh", b"#!/bin/sh\n")
    script.chmod(0o755)
    os.utime(script, (0, 0))
    (tree.path / "plate" / "empty").mkdir()
    saved = tmp_path / "plate.zip"
    saved.write_bytes(b"".join(zip_folder(tree.root, at("plate"))))
    subprocess.run(["unzip", "-q", saved, "-d", tmp_path / "out"], check=True)
    subprocess.run(["diff", "-r", tree.path / "plate", tmp_path / "out" / "plate"], check=True)
    assert (tmp_path / "out/plate/run.sh").stat().st_mode & 0o777 == 0o755


def test_the_whole_root_has_no_folder_around_it(tree: Tree) -> None:
    tree.write("a")
    assert unzipped(tree).namelist() == ["a"]


def test_what_is_left_out_is_said(tree: Tree) -> None:
    tree.write("a/file")
    os.mkfifo(tree.path / "a" / "fifo")
    (tree.path / "a" / "link").symlink_to(tree.outside)
    tree.staging.begin(at(""), "draft", None).close()
    archive = unzipped(tree)
    assert archive.namelist() == ["a/", "a/file", "desktopd-left-out.txt"]
    assert archive.read("desktopd-left-out.txt").decode().splitlines() == [
        "a/fifo: neither a file nor a folder",
        "a/link: a link, and links are not followed",
    ]


def test_a_path_that_no_zip_can_name_is_left_out_and_said(tree: Tree) -> None:
    nest(tree.path, "x" * 200, 400)
    tree.write("z")
    archive = unzipped(tree)
    *folders, last, left_out = archive.namelist()
    assert (len(folders), last) == (65_535 // 201, "z")
    assert archive.read(left_out).endswith("…: a path too long for a zip\n".encode())


def test_folders_too_deep_in_each_other_are_left_out_and_said(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Else of more than a thousand, which pytest cannot remove.
    monkeypatch.setattr("desktopd.files.archive._DEEPEST", 100)
    nest(tree.path, "x", 150)
    tree.write("z")
    archive = unzipped(tree)
    *folders, last, left_out = archive.namelist()
    assert (len(folders), last) == (99, "z")
    assert archive.read(left_out).endswith("…: folders too deep in each other\n".encode())


def test_a_deep_tree_takes_few_descriptors(tree: Tree) -> None:
    """Each level had one of its own: 32 watchers could take all that a daemon may have open."""
    folder = tree.path
    for n in range(300):
        folder = folder / "d"
        folder.mkdir()
        (folder / "a").write_text(f"{n} before")
        (folder / "z").write_text(f"{n} after")
    before, most = open_descriptors(), 0
    saved = bytearray()
    for piece in zip_folder(tree.root, at("")):
        most = max(most, open_descriptors())
        saved += piece
    # Also where nothing is handed on in between.
    with few_descriptors(before + 20):
        again = b"".join(zip_folder(tree.root, at("")))
    assert again == saved
    archive = ZipFile(io.BytesIO(saved))
    assert archive.testzip() is None
    for n in range(300):
        assert archive.read(f"{'d/' * (n + 1)}a") == b"%d before" % n
        assert archive.read(f"{'d/' * (n + 1)}z") == b"%d after" % n
    assert len(archive.namelist()) == 900, "and nothing is left out"
    assert most < before + 20
    assert open_descriptors() == before


def test_a_folder_that_became_a_link_meanwhile_is_not_followed(tree: Tree) -> None:
    deep = "d/" * 20
    tree.write(f"{deep}1", os.urandom(4 * BLOCK))
    tree.write("d/z")
    (tree.outside / "z").write_text("secret")
    pieces = zip_folder(tree.root, at(""))
    saved = next(pieces)
    (tree.path / "d").rename(tree.path / "other")
    (tree.path / "d").symlink_to(tree.outside)
    archive = ZipFile(io.BytesIO(saved + b"".join(pieces)))
    assert f"{deep}1" in archive.namelist()
    assert "d/z" not in archive.namelist()
    assert archive.read("desktopd-left-out.txt") == b"d/z: a link, and links are not followed\n"


def test_no_name_leads_out_of_where_it_is_unpacked(tree: Tree) -> None:
    tree.write("..\\a\\..\\..\\evil.bat")
    assert unzipped(tree).namelist() == ["..%5Ca%5C..%5C..%5Cevil.bat"]


def test_no_two_names_come_out_alike(tree: Tree) -> None:
    raw = [b"\xff", b"%FF", b"%FF%", b"%25FF", b"\\%FF", b"%5C\xff", b"x" * 254 + b"\xff"]
    for name in raw:
        (tree.path / os.fsdecode(name)).write_bytes(name)
    tree.write(os.fsdecode(b"a\xff/inner"))
    tree.write("a%FF/inner")
    archive = unzipped(tree)
    files = {name: archive.read(name) for name in archive.namelist() if "inner" not in name}
    assert sorted(content for content in files.values() if content) == sorted(raw)
    assert (files["%FF"], files["%FF%%"]) == (b"%FF", b"\xff")
    assert {"a%FF/inner", "a%FF%/inner"} < {*archive.namelist()}
    assert len({*archive.namelist()}) == len(archive.namelist())


def test_what_is_left_out_takes_no_file_s_name(tree: Tree) -> None:
    tree.write("plate/desktopd-left-out.txt", b"of a zip that was unpacked here")
    os.mkfifo(tree.path / "plate" / "fifo")
    archive = unzipped(tree, "plate")
    assert archive.read("plate/desktopd-left-out.txt") == b"of a zip that was unpacked here"
    assert archive.read("plate/desktopd-left-out (2).txt").startswith(b"plate/fifo: ")


def test_no_folder_is_no_zip(tree: Tree) -> None:
    tree.write("file")
    with pytest.raises(Missing):
        zip_folder(tree.root, at("nothing"))
    with pytest.raises(Conflict):
        zip_folder(tree.root, at("file"))


def test_a_file_that_grows_or_shrinks_meanwhile(tree: Tree) -> None:
    grows, shrinks = (tree.write(name, b"x" * 8 * BLOCK) for name in ("grows", "shrinks"))

    def pieces() -> Iterator[bytes]:
        for n, piece in enumerate(zip_folder(tree.root, at(""))):
            if n == 0:
                with grows.open("ab") as file:
                    file.write(b"y" * BLOCK)
                os.truncate(shrinks, BLOCK)
            yield piece

    # Random bytes, so that pieces come before the end.
    for path in (grows, shrinks):
        path.write_bytes(os.urandom(8 * BLOCK))
    archive = ZipFile(io.BytesIO(b"".join(pieces())))
    assert archive.testzip() is None
    assert len(archive.read("grows")) == 8 * BLOCK
    assert len(archive.read("shrinks")) == BLOCK


def test_a_file_that_is_written_anew_meanwhile_is_named(tree: Tree) -> None:
    anew = tree.write("plate/anew", os.urandom(8 * BLOCK))
    os.utime(anew, (0, 0))
    pieces = zip_folder(tree.root, at("plate"))
    begun = next(pieces)
    anew.write_bytes(os.urandom(8 * BLOCK))
    archive = ZipFile(io.BytesIO(begun + b"".join(pieces)))
    assert archive.testzip() is None
    said = archive.read("plate/desktopd-left-out.txt")
    assert said == b"plate/anew: was changed while it was read\n"


def test_a_file_too_large_for_a_plain_zip(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Else of 2 GiB, which takes a minute to compress.
    monkeypatch.setattr("zipfile.ZIP64_LIMIT", BLOCK)
    large = tree.write("large", os.urandom(2 * BLOCK))
    tree.write("a small one")
    saved = tmp_path / "saved.zip"
    saved.write_bytes(b"".join(zip_folder(tree.root, at(""))))
    with ZipFile(saved) as archive:
        assert archive.testzip() is None
        needed = {info.filename: info.extract_version for info in archive.infolist()}
    assert needed == {"a small one": 20, "large": 45}
    subprocess.run(["unzip", "-q", saved, "-d", tmp_path / "out"], check=True)
    assert (tmp_path / "out" / "large").read_bytes() == large.read_bytes()


def test_memory_is_flat(tree: Tree) -> None:
    with (tree.path / "large").open("wb") as file:
        for _ in range(24):
            file.write(os.urandom(1_048_576))
    tracemalloc.start()
    try:
        total = sum(len(piece) for piece in zip_folder(tree.root, at("")))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert total > 24_000_000
    assert peak < 4_000_000


def test_memory_is_flat_however_many_files_there_are(tree: Tree) -> None:
    """Of each 360 bytes were kept until the zip was loaded: 32 watchers could hold gigabytes."""
    first = tree.write("plate/0")
    for n in range(1, 10_000):
        (tree.path / "plate" / str(n)).hardlink_to(first)
    pieces = zip_folder(tree.root, at("plate"))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        saved = sum(map(len, pieces))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert saved > 10_000 * 100
    assert most - before < 2_500_000


def test_nothing_stays_open_when_the_client_leaves(tree: Tree) -> None:
    for n in range(50):
        tree.write(f"a/b/{n}", os.urandom(BLOCK))
    before = open_descriptors()
    for taken in (0, 1, 3):
        pieces = zip_folder(tree.root, at(""))
        for _ in range(taken):
            next(pieces)
        assert open_descriptors() > before
        pieces.close()
        assert open_descriptors() == before
