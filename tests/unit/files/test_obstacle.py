"""What cannot be saved, and the remedy that fits."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktopd.files.obstacle import obstacle_at, remedy

NOBODY = 12345


@contextmanager
def without_privileges() -> Iterator[int]:
    """As a user to whom modes of files mean something; gives his id."""
    before = os.geteuid()
    os.seteuid(before or NOBODY)
    try:
        yield os.geteuid()
    finally:
        os.seteuid(before)


def status(owner: int, mode: int) -> os.stat_result:
    return os.stat_result((stat.S_IFDIR | mode, 0, 0, 1, owner, 0, 0, 0, 0, 0))


def test_nothing_is_wrong_with_a_folder_that_can_be_written(folder: Path) -> None:
    assert obstacle_at(folder) is None


@pytest.mark.parametrize(
    ("mode", "words"), [(0o555, "cannot write to"), (0o333, "cannot read"), (0o000, "cannot read")]
)
def test_a_folder_with_too_little_rights_is_told(folder: Path, mode: int, words: str) -> None:
    place = folder / "data"
    place.mkdir()
    folder.chmod(0o755)
    place.chmod(mode)
    with without_privileges() as user:
        found = obstacle_at(place)
    place.chmod(0o700)
    assert found is not None
    assert f"User {user} {words} {place}" in str(found)


@pytest.mark.parametrize(
    ("owner", "mode", "contained", "read_only", "words"),
    [
        (1000, 0o755, True, True, "without :ro"),
        (501, 0o755, True, False, "docker run --user 501:0"),
        (0, 0o755, True, False, "sudo chown 1000"),
        (1000, 0o555, True, False, "chmod u+rwx /data"),
        (1000, 0o755, True, False, ":/data:Z"),
        (501, 0o755, False, False, "set files_root"),
        (1000, 0o755, False, True, "set files_root"),
        (1000, 0o555, False, False, "chmod u+rwx /data"),
    ],
)
def test_the_remedy_fits(
    owner: int, mode: int, contained: bool, read_only: bool, words: str
) -> None:
    told = remedy(
        Path("/data"), status(owner, mode), 1000, contained=contained, read_only=read_only
    )
    assert words in told
