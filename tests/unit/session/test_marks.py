"""Which processes a session takes for its own: those of its folder, and of no other. Real ones."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

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


def test_a_copy_is_another_folder_and_one_that_was_moved_the_same(folder: Path) -> None:
    desk = made(folder / "desk")
    with marked(new_mark(desk)) as pid:
        identities._kept.clear()
        shutil.copytree(desk, folder / "copy")
        assert family(marks_of(folder / "copy")) == []
        desk.rename(folder / "moved")
        assert family(marks_of(folder / "moved")) == [pid]


def lose_lock(desk: Path) -> None:
    (desk / "lock").unlink()


def mount_again(desk: Path) -> None:
    """Another inode stands for another device, which is in the name as well."""
    shutil.copy(desk / "lock", desk / "again")
    (desk / "again").rename(desk / "lock")


def make_again(desk: Path) -> None:
    desk.rename(desk.with_name("before"))
    desk.mkdir()


@pytest.mark.parametrize("change", [lose_lock, mount_again, make_again, shutil.rmtree])
@pytest.mark.parametrize("locked", [False, True])
def test_what_a_path_leads_to_knows_what_was_started_there(
    folder: Path, change: Callable[[Path], None], locked: bool
) -> None:
    desk = made(folder / "desk")
    user = ["--user", "--map-root-user"] if os.getuid() else []
    mount = f'mount -t tmpfs none "{folder}" && mkdir {desk} && exec "$@"'
    private = ["unshare", "--mount", *user, "sh", "-c", mount, "sh"]
    with marked(new_mark(desk, locked=locked)) as pid, marked(new_mark(desk), *private):
        change(desk)
        desk.mkdir(exist_ok=True)
        os.close(claim(desk))
        assert family(marks_of(desk)) == [pid]
        assert family(marks_of(desk, locked=True)) == [pid] * locked
        (other := folder / "desk:2").mkdir()
        assert family(marks_of(other)) + family(marks_of(folder)) == []


def test_a_daemon_knows_its_folder_by_the_same_name_where_that_was_cleared(folder: Path) -> None:
    os.close(claim(folder))
    name = identity(folder)
    (folder / "lock").unlink()
    assert identity(folder) == name is not None


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
    mount = f'mount -t tmpfs none "{folder}" && exec "$@"'
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


@pytest.mark.parametrize("there", ["touch {0}/way", "ln -s way {0}/way"], ids=["file", "loop"])
def test_what_is_no_folder_in_another_mount_namespace_is_another_one(
    folder: Path, there: str
) -> None:
    (desk := folder / "way" / "desk").mkdir(parents=True)
    user = ["--user", "--map-root-user"] if os.getuid() else []
    mount = f'mount -t tmpfs none "{folder}" && {there.format(folder)} && exec "$@"'
    private = ["unshare", "--mount", *user, "sh", "-c", mount, "sh"]
    with marked(new_mark(desk)) as pid, marked(new_mark(desk), *private):
        assert family(marks_of(desk)) == [pid]


def test_a_link_on_the_way_leads_nobody_into_our_root(folder: Path) -> None:
    (folder / "link").symlink_to(folder / "real")
    desk = folder / "link" / "desk"
    (folder / "real" / "desk").mkdir(parents=True)
    user = ["--user", "--map-root-user"] if os.getuid() else []
    there = f'mkdir -p "{folder}/real/desk" && ln -s "{folder}/real" "{folder}/link" && exec "$@"'
    mount = f'mount -t tmpfs none "{folder}" && {there}'
    with (
        marked(BEFORE.format(desk)) as pid,
        marked(BEFORE.format(desk), "unshare", "--mount", *user, "sh", "-c", mount, "sh"),
    ):
        assert family(marks_of(desk)) == [pid]


def test_one_whose_root_hangs_is_asked_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released, asked, real = Event(), list[str](), os.stat

    def stat(path: str | Path, **options: bool) -> os.stat_result:
        if str(path).startswith("/proc/") and "/root/" in str(path):
            asked.append(str(path).split("/")[2])
            released.wait()
        return real(path, **options)

    with marked(BEFORE.format(folder)) as pid:
        monkeypatch.setattr("os.stat", stat)
        assert [family(marks_of(folder)) for _ in range(3)] == [[], [], []]
        assert asked == [str(pid)]
        released.set()
        until(lambda: family(marks_of(folder)) == [pid], 30, "its answer")
