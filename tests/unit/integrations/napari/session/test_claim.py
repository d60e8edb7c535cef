"""Whose folder of a saved session it is, among processes that were given the same."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktopd.integrations.napari.session.folder import DOCUMENT

CLAIM = (
    "import sys; from pathlib import Path;"
    "from desktopd.integrations.napari.session.claim import claim;"
    "print(claim(Path(sys.argv[1])), flush=True); sys.stdin.read()"
)
Claim = Callable[[], tuple[Path, subprocess.Popen[str]]]


@pytest.fixture
def claim(tmp_path: Path) -> Iterator[Claim]:
    """Have a process claim ``session``; it holds what it has got until it is killed."""
    started: list[subprocess.Popen[str]] = []

    def start() -> tuple[Path, subprocess.Popen[str]]:
        command = [sys.executable, "-c", CLAIM, str(tmp_path / "kept" / "session")]
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


def test_where_nothing_can_be_locked_there_is_one(claim: Claim, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("no folder")
    assert claim()[0].name == "session"
