"""Uploads: cut off anywhere, wrong, in parallel, without room; and what is left of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.files import staging
from desktopd.files.changes import IfExists
from desktopd.files.errors import (
    BadPath,
    Conflict,
    FilesError,
    Forbidden,
    Missing,
    NoSpace,
    TooLarge,
    WrongChecksum,
)
from desktopd.files.limits import UploadLimits, in_units
from desktopd.files.listing import space
from desktopd.files.mounts import MOUNTS, mounts
from desktopd.files.new_file import NewFile
from desktopd.files.uploads import Checksum, Uploads
from tests.unit.files.trees import Tree, at
from tests.unit.files.uploading import BYTES, append, create, whole

NOBODY = 65534


@pytest.fixture
def uploads(tree: Tree) -> Uploads:
    return Uploads(tree.staging, tree.records)


def sha256(data: bytes) -> Checksum:
    return Checksum("sha256", hashlib.sha256(data).digest())


@given(cuts=st.lists(st.integers(0, len(BYTES)), max_size=8), checked=st.booleans())
def test_cut_off_anywhere_it_comes_out_the_same(cuts: list[int], checked: bool) -> None:
    with TemporaryDirectory(dir="/dev/shm") as folder:
        check_cuts(Tree(Path(folder)), sorted(cuts), checked=checked)


def check_cuts(tree: Tree, cuts: list[int], *, checked: bool) -> None:
    upload = create(Uploads(tree.staging, tree.records), "a/b.tif")
    for start, end in pairwise([0, *cuts, len(BYTES)]):
        # Another process goes on each time.
        uploads = Uploads(tree.staging, tree.records)
        upload = uploads.find(upload.id)
        assert uploads.offset(upload) == start
        data = BYTES[start:end]
        append(uploads, upload, data, sha256(data) if checked else None)
    placed = uploads.place(uploads.find(upload.id))
    assert placed.placed == at("a/b.tif")
    assert (tree.path / "a/b.tif").read_bytes() == BYTES


class TestPlacing:
    def test_the_record_is_kept_and_the_draft_is_gone(self, tree: Tree, uploads: Uploads) -> None:
        upload = whole(uploads, create(uploads, "a.tif"))
        again = uploads.find(upload.id)
        assert again == upload
        assert (again.placed, again.metadata) == (at("a.tif"), "meta data")
        assert uploads.offset(again) == len(BYTES)
        assert uploads.place(again) == again
        assert tree.names() == ["a.tif"]

    def test_an_empty_file(self, tree: Tree, uploads: Uploads) -> None:
        uploads.place(create(uploads, "empty", length=0))
        assert (tree.path / "empty").read_bytes() == b""

    def test_a_name_that_is_taken_is_refused_at_the_beginning(
        self, tree: Tree, uploads: Uploads
    ) -> None:
        tree.write("a.tif")
        (tree.path / "folder").mkdir()
        for path, if_exists in [
            ("a.tif", IfExists.FAIL),
            ("folder", IfExists.FAIL),
            ("folder", IfExists.REPLACE),
            ("a.tif/b", IfExists.RENAME),
        ]:
            with pytest.raises(Conflict):
                create(uploads, path, if_exists=if_exists)
        assert tree.names() == ["a.tif", "folder"]

    def test_a_name_that_is_taken_meanwhile_loses_nothing(
        self, tree: Tree, uploads: Uploads
    ) -> None:
        both = [create(uploads, "cells.tif") for _ in range(2)]
        assert whole(uploads, both[0]).placed == at("cells.tif")
        assert whole(uploads, both[1], BYTES[::-1]).placed == at("cells (2).tif")
        assert (tree.path / "cells.tif").read_bytes() == BYTES
        assert (tree.path / "cells (2).tif").read_bytes() == BYTES[::-1]

    def test_replacing_and_numbering(self, tree: Tree, uploads: Uploads) -> None:
        tree.write("a.tif", b"old")
        upload = create(uploads, "a.tif", if_exists=IfExists.RENAME)
        assert whole(uploads, upload).placed == at("a (2).tif")
        replacing = create(uploads, "a.tif", if_exists=IfExists.REPLACE)
        assert (tree.path / "a.tif").read_bytes() == b"old"
        whole(uploads, replacing)
        assert (tree.path / "a.tif").read_bytes() == BYTES

    def test_its_folder_is_deleted_meanwhile(self, tree: Tree, uploads: Uploads) -> None:
        (tree.path / "plates").mkdir()
        upload = create(uploads, "plates/a.tif")
        (tree.path / "plates").rmdir()
        assert whole(uploads, upload).placed == at("plates/a.tif")
        assert (tree.path / "plates/a.tif").read_bytes() == BYTES

    def test_staging_is_deleted_meanwhile(self, tree: Tree, uploads: Uploads) -> None:
        upload = create(uploads, "a.tif")
        piece = uploads.append(upload, 0, None)
        piece.write(BYTES)
        uploads.remove(upload)
        piece.close()
        with pytest.raises(Missing):
            uploads.place(upload)
        with pytest.raises(Missing):
            uploads.find(upload.id)
        assert tree.names() == []


class TestChecksums:
    @pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
    def test_the_right_one(self, tree: Tree, uploads: Uploads, algorithm: str) -> None:
        digest = hashlib.new(algorithm, BYTES).digest()
        upload = append(uploads, create(uploads, "a"), BYTES, Checksum(algorithm, digest))
        assert upload.trusted is None
        assert uploads.place(upload).placed == at("a")

    def test_a_wrong_one_leaves_what_was_there(self, tree: Tree, uploads: Uploads) -> None:
        upload = append(uploads, create(uploads, "a"), BYTES[:5000])
        for _ in range(2):
            with pytest.raises(WrongChecksum, match="the sha256 of what has arrived"):
                append(uploads, upload, BYTES[5000:], sha256(BYTES))
            upload = uploads.find(upload.id)
            assert uploads.offset(upload) == 5000
        upload = append(uploads, upload, BYTES[5000:], sha256(BYTES[5000:]))
        uploads.place(upload)
        assert (tree.path / "a").read_bytes() == BYTES

    def test_a_piece_that_ended_early_does_not_count(self, tree: Tree, uploads: Uploads) -> None:
        upload = append(uploads, create(uploads, "a"), BYTES[:5000])
        piece = uploads.append(upload, 5000, sha256(BYTES[5000:]))
        piece.write(BYTES[5000:9000])
        # As if the process were killed here: nothing is closed.
        upload = Uploads(tree.staging, tree.records).find(upload.id)
        assert uploads.offset(upload) == 5000
        piece.close()
        assert uploads.offset(uploads.find(upload.id)) == 5000
        uploads.place(append(uploads, uploads.find(upload.id), BYTES[5000:]))
        assert (tree.path / "a").read_bytes() == BYTES


class TestLimits:
    def test_of_one_file(self, tmp_path: Path) -> None:
        tree = Tree(tmp_path, UploadLimits(largest=1000))
        uploads = Uploads(tree.staging, tree.records)
        with pytest.raises(TooLarge, match="1 kB"):
            create(uploads, "a", length=1001)
        with pytest.raises(TooLarge):
            NewFile(tree.staging, at("a"), 1001, IfExists.FAIL)
        file = NewFile(tree.staging, at("a"), None, IfExists.FAIL)
        file.write(bytes(1000))
        with pytest.raises(TooLarge):
            file.write(b"x")
        file.close()
        assert tree.names() == []
        whole(uploads, create(uploads, "a", length=1000), bytes(1000))

    def test_more_than_was_announced(self, tree: Tree, uploads: Uploads) -> None:
        upload = create(uploads, "a", length=10)
        piece = uploads.append(upload, 0, None)
        piece.write(b"12345")
        with pytest.raises(TooLarge, match="more than the 10 bytes announced"):
            piece.write(b"678901")
        piece.close()
        assert uploads.offset(upload) == 5

    def test_of_the_disk(self, tmp_path: Path) -> None:
        # Others write to this disk meanwhile: what decides is most of it.
        free = space(os.open(tmp_path, os.O_RDONLY)).free
        tree = Tree(tmp_path, UploadLimits(free=free // 2))
        uploads = Uploads(tree.staging, tree.records)
        with pytest.raises(NoSpace, match="the disk is full"):
            create(uploads, "a", length=free)
        upload = append(uploads, create(uploads, "a", length=free // 4), b"12345")
        tree.staging.limits = UploadLimits(free=free + 10_000_000_000)
        with pytest.raises(NoSpace):
            append(uploads, upload, b"6")
        assert uploads.offset(upload) == 5
        with pytest.raises(NoSpace):
            NewFile(tree.staging, at("b"), None, IfExists.FAIL)


@pytest.fixture
def ordinary_user(folder: Path) -> Iterator[Path]:
    """An empty folder of a user for whom something can be forbidden."""
    if os.geteuid() != 0:
        yield folder
        return
    os.chown(folder, NOBODY, -1)
    os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("path", ["a.tif", "inner/a.tif", "inner/new/a.tif"])
def test_a_folder_that_is_closed(ordinary_user: Path, path: str) -> None:
    tree = Tree(ordinary_user)
    (tree.path / "inner").mkdir()
    closed = tree.path / path.rpartition("/")[0].removesuffix("/new")
    closed.chmod(0o555)
    for begin in (
        lambda: create(Uploads(tree.staging, tree.records), path),
        lambda: NewFile(tree.staging, at(path), None, IfExists.FAIL),
    ):
        with pytest.raises(Forbidden, match=f"{path}: the system does not permit that"):
            begin()
    closed.chmod(0o755)
    assert tree.names() == ["inner"]


class TestBadRequests:
    def test_another_offset(self, uploads: Uploads) -> None:
        upload = append(uploads, create(uploads, "a"), BYTES[:5000])
        for offset in (0, 4999, 5001):
            with pytest.raises(Conflict, match=f"the upload is at byte 5000, not {offset}"):
                uploads.append(upload, offset, None)

    @pytest.mark.parametrize("upload_id", ["", "x", "../secret", "x" * 22, "a/b", "\0" * 22])
    def test_another_id(self, uploads: Uploads, upload_id: str) -> None:
        create(uploads, "a")
        with pytest.raises(Missing, match="there is no such upload"):
            uploads.find(upload_id)

    @pytest.mark.parametrize("path", ["", "a\nb", "a/b\\c/d", "x" * 250 + "\u0958" * 2])
    def test_another_path(self, tree: Tree, uploads: Uploads, path: str) -> None:
        with pytest.raises(BadPath):
            create(uploads, path)
        assert tree.names() == []

    def test_staging_of_somebody_else(self, tree: Tree, uploads: Uploads) -> None:
        (tree.path / f".desktopd-uploads-{os.geteuid()}").symlink_to(tree.outside)
        with pytest.raises(FilesError):
            create(uploads, "a")
        assert tree.is_untouched_outside()


def test_a_disk_below_the_root_has_a_staging_of_its_own(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount = tree.path / "a b\\c" / "disk"
    mount.mkdir(parents=True)
    escaped = str(mount).replace("\\", "\\134").replace(" ", "\\040")
    told = tmp_path / "machine" / MOUNTS
    told.parent.mkdir(parents=True)
    told.write_text(
        "22 1 8:1 / / rw - ext4 /dev/a rw\n"
        f"23 22 8:2 / {escaped} rw,relatime shared:1 - ext4 /dev/b rw\n"
        f"24 22 8:3 / {tmp_path}/outside rw - ext4 /dev/c rw\n"
        f"25 22 0:4 / {tree.path}/automatic rw - autofs systemd-1 rw\n"
    )
    monkeypatch.setattr(staging, "mounts", lambda: mounts(tmp_path / "machine"))
    uploads = Uploads(tree.staging, tree.records)
    assert [top.names for top in tree.staging.tops()] == [("a b\\c", "disk"), ()]
    disk = uploads.create(tree.staging.tops()[0] / "new" / "x.tif", len(BYTES), IfExists.FAIL, "")
    assert [p.parent for p in tree.path.rglob(disk.id)] == [
        mount / f".desktopd-uploads-{os.geteuid()}"
    ]
    whole(uploads, uploads.find(disk.id))
    assert (mount / "new" / "x.tif").read_bytes() == BYTES


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (7_438_336, "7.4 MB"),
        (20_000_000, "20 MB"),
        (3 * 10**18, "3000 PB"),
    ],
)
def test_a_size_is_said_in_units(size: int, said: str) -> None:
    assert in_units(size) == said
