"""Whose folder of a saved session it is, among processes that were given the same."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktopd.integrations.napari.session.claim import claim as claim_folder
from desktopd.integrations.napari.session.document import DOCUMENT

CLAIM = """
import errno, fcntl, sys
from pathlib import Path
from desktopd.integrations.napari.session.claim import claim

def none(*_):
    raise OSError(errno.ENOSYS, "Function not implemented")

for name in sys.argv[2:]:
    setattr(fcntl, name.removeprefix("fcntl."), none)
print(claim(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""
Claim = Callable[..., tuple[Path, subprocess.Popen[str]]]


@pytest.fixture
def claim(tmp_path: Path) -> Iterator[Claim]:
    """Have a process claim ``session``, on a disk that lacks some calls, and hold it until killed.

    The calls are named as in ``fcntl.flock``.
    """
    started: list[subprocess.Popen[str]] = []

    def start(*lacking: str) -> tuple[Path, subprocess.Popen[str]]:
        command = [sys.executable, "-c", CLAIM, str(tmp_path / "kept" / "session"), *lacking]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        started.append(process)
        assert process.stdout
        return Path(process.stdout.readline().strip()), process

    yield start
    for process in started:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_each_process_has_one_of_its_own(claim: Claim) -> None:
    first, _ = claim()
    second, _ = claim()
    assert (first.name, second.name) == ("session", "session-2")
    assert first.parent == second.parent


def test_what_a_killed_process_has_left_comes_to_the_next(claim: Claim) -> None:
    (first, ended), (second, other) = claim(), claim()
    end(ended)
    assert claim()[0] == first
    second.mkdir()
    (second / DOCUMENT).write_text("{}")
    end(other)
    assert claim()[0] == second
    assert claim()[0].name == "session-3"


@pytest.mark.parametrize("beside", [(), ("fcntl.flock",)], ids=["flock", "lockf"])
def test_a_second_kind_of_lock_serves_where_the_first_is_none(
    claim: Claim, beside: tuple[str, ...]
) -> None:
    assert [claim(*beside)[0].name for _ in range(3)] == ["session", "session-2", "session-3"]


def test_where_nothing_can_be_locked_a_session_is_of_one_machine(claim: Claim) -> None:
    locks = "fcntl.flock", "fcntl.lockf"
    here = f"at-{socket.gethostname()}"
    first, ended = claim(*locks)
    assert (first.name, claim(*locks)[0].name) == (f"session-{here}", f"session-2-{here}")
    first.mkdir()
    (first / DOCUMENT).write_text("{}")
    end(ended)
    # Who has locks has none of those.
    assert claim()[0].name == "session"
    assert claim(*locks)[0] == first


def test_what_cannot_be_looked_at_is_nobody_s(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("no folder")
    with pytest.raises(OSError, match="kept"):
        claim_folder(tmp_path / "kept" / "session")
