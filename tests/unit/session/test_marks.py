"""Which processes a session takes for its own: those of its folder, and of no other. Real ones."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktopd.session import identity as identities
from desktopd.session.family import family
from desktopd.session.folder import claim
from desktopd.session.identity import identity
from desktopd.session.marks import MARK, marks_of, new_mark
from tests.daemon import until

BEFORE = "{}:0123456789abcdef"
"""A mark of version 0.1.0 for a folder."""


@pytest.fixture(autouse=True)
def _of_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "_kept", {})


@contextmanager
def marked(mark: str, *wrapped: str) -> Iterator[int]:
    argv = [*wrapped, "sleep", "60"]
    process = subprocess.Popen(argv, env={"PATH": os.environ["PATH"], MARK: mark})
    try:
        until(lambda: Path(f"/proc/{process.pid}/comm").read_text() == "sleep\n", 30, "it")
        yield process.pid
    finally:
        process.kill()
        process.wait()


def made(path: Path) -> Path:
    path.mkdir()
    os.close(claim(path))
    identities._kept.clear()
    return path


def test_the_next_daemon_knows_what_the_one_before_has_started(folder: Path) -> None:
    made(folder / "desk")
    with marked(new_mark(folder / "desk")) as pid:
        identities._kept.clear()
        os.close(claim(folder / "desk"))
        assert family(marks_of(folder / "desk")) == [pid]


@pytest.mark.parametrize(
    "name", ["desk:1", "desk:locked-1", "desk:0123456789abcdef:", "desk.+", "k"]
)
def test_a_folder_with_another_name_is_another_one(folder: Path, name: str) -> None:
    made(folder / "desk")
    made(folder / name)
    with (
        marked(new_mark(folder / name, locked=True)) as pid,
        marked(BEFORE.format(folder / name)) as before,
    ):
        assert family(marks_of(folder / name)) == [pid, before]
        assert family(marks_of(folder / "desk")) == []


def test_a_copy_and_what_comes_in_its_place_are_other_folders(folder: Path) -> None:
    desk = made(folder / "desk")
    with marked(new_mark(desk)):
        identities._kept.clear()
        shutil.copytree(desk, folder / "copy")
        desk.rename(folder / "moved")
        made(desk)
        assert family(marks_of(folder / "copy")) + family(marks_of(desk)) == []
        assert len(family(marks_of(folder / "moved"))) == 1


def test_a_daemon_knows_its_own_where_its_folder_was_cleared(folder: Path) -> None:
    desk = made(folder / "desk")
    with marked(new_mark(desk)) as pid:
        (desk / "lock").unlink()
        assert family(marks_of(desk)) == [pid]


@pytest.mark.parametrize("content", [b"", b"1", b"\xff" * 99, b"7" + b" " * 19 + b"0" * 31])
def test_whatever_a_lock_holds_the_folder_gets_a_name(folder: Path, content: bytes) -> None:
    (folder / "lock").write_bytes(content)
    os.close(claim(folder))
    name = identity(folder)
    identities._kept.clear()
    assert identity(folder) == name
    assert (folder / "lock").read_bytes()[:20] == b"%-20d" % os.getpid()


def test_marks_of_earlier_versions_are_known(folder: Path) -> None:
    locked = f"{folder}:locked-0123456789abcdef"
    with marked(BEFORE.format(folder)) as one, marked(locked) as two:
        assert family(marks_of(folder)) == [one, two]
        assert family(marks_of(folder, locked=True)) == [two]


def test_the_same_path_in_another_mount_namespace_is_another_folder(folder: Path) -> None:
    """There an earlier version's mark tells the same, and a mark of now tells another folder."""
    user = ["--user", "--map-root-user"] if os.getuid() else []
    mount = f'mount -t tmpfs none "{folder.parent}" && mkdir {folder} && exec "$@"'
    private = ["unshare", "--mount", *user, "sh", "-c", mount, "sh"]
    with marked(BEFORE.format(folder), *private):
        assert family(marks_of(folder)) == []
    script = (
        "import os, sys; from pathlib import Path; from desktopd.session.marks import *;"
        "os.environ[MARK] = new_mark(Path(sys.argv[1]));"
        "os.execvp(sys.argv[2], sys.argv[2:])"
    )
    os.close(claim(folder))
    with marked("", *private, sys.executable, "-c", script, str(folder)):
        assert family(marks_of(folder)) == []
