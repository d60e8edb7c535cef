"""Files that are written in one go: whole, or nothing of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from errno import ENOTSUP
from pathlib import Path
from struct import pack

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


def replace(tree: Tree) -> int:
    """Write ``file`` anew; its mode then."""
    file = NewFile(tree.staging, at("file"), len(BYTES), IfExists.REPLACE)
    file.write(BYTES)
    file.place()
    file.close()
    assert (tree.path / "file").read_bytes() == BYTES
    return (tree.path / "file").stat().st_mode


USUAL = 0o100644


@pytest.fixture
def mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("mask")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755, 0o400])
def test_what_replaces_a_file_has_its_mode(tree: Tree, mode: int) -> None:
    tree.write("file").chmod(mode)
    assert replace(tree) == 0o100000 | mode
    (tree.path / "file").unlink()
    assert replace(tree) == USUAL, "that of nothing"


@pytest.mark.usefixtures("mask")
def test_what_replaces_another_s_or_no_file_has_the_usual_mode(
    tree: Tree,
) -> None:
    tree.write("other").chmod(0o777)
    (tree.path / "file").symlink_to("other")
    assert replace(tree) == USUAL
    tree.write("file").chmod(0o4755)
    assert replace(tree) == 0o100755, "and runs as nobody else"
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    tree.write("file").chmod(0o666)
    os.chown(tree.path / "file", 65534, -1)
    assert replace(tree) == USUAL


@pytest.mark.usefixtures("mask")
def test_a_group_that_cannot_be_given_gets_no_more_than_others(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr("os.fchown", refused)
    tree.write("file").chmod(0o664)
    assert replace(tree) == USUAL


@pytest.fixture
def listed(tree: Tree) -> Path:
    """A file whose ACL lets one other user read and write; its group's bits are the list's mask."""
    file = tree.write("file")
    entries = [(1, 6, 0), (2, 6, 65534), (4, 0, 0), (16, 6, 0), (32, 0, 0)]
    content = pack("<I", 2) + b"".join(pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(file, "system.posix_acl_access", content)
    except OSError as error:
        pytest.skip(f"no ACL here: {error}")
    assert file.stat().st_mode == 0o100660
    return file


def test_a_list_of_access_is_kept(tree: Tree, listed: Path) -> None:
    before = os.getxattr(listed, "system.posix_acl_access")
    assert replace(tree) == 0o100660
    assert os.getxattr(listed, "system.posix_acl_access") == before


def test_a_group_has_no_more_than_a_list_that_is_lost_gave_it(
    tree: Tree, listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(ENOTSUP, "no lists here")

    monkeypatch.setattr("os.setxattr", refused)
    assert replace(tree) == 0o100600
