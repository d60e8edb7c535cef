"""Folders of programs that have ended. Real files, and processes that go on making them."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from desktopd.confinement.put_away import delete_put_away, put_away
from tests.daemon import until

GOES_ON = """
import itertools, os, sys
place = os.open(sys.argv[1], os.O_RDONLY)
for number in itertools.count():
    try:
        os.mkdir(f"{number}-a", dir_fd=place)
        os.mkdir(f"{number}-b", dir_fd=place)
    except OSError:
        pass
"""


def test_what_is_closed_and_deep_is_deleted(folder: Path) -> None:
    deep = folder / "own"
    for _ in range(200):
        deep /= "a"
    deep.mkdir(parents=True)
    (folder / "own/closed/a").mkdir(parents=True)
    (folder / "own/closed").chmod(0)
    (folder / "own").chmod(0o500)
    put_away(folder / "own")
    delete_put_away(folder / "own", within=60)
    assert [*folder.iterdir()] == []


def test_where_nothing_is_nothing_is_done(folder: Path) -> None:
    put_away(folder / "own")
    delete_put_away(folder / "own")
    assert [*folder.iterdir()] == []


def test_one_that_goes_on_making_files_has_no_say_in_what_comes_there(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = folder / "own"
    own.mkdir()
    words = [sys.executable, "-c", GOES_ON, str(own)]
    with subprocess.Popen(words) as first, subprocess.Popen(words) as second:
        try:
            until(lambda: len([*own.iterdir()]) > 5000, 30)
            put_away(own)
            own.mkdir()
            with caplog.at_level(logging.WARNING):
                delete_put_away(own, within=0.3)
            assert [*own.iterdir()] == []
        finally:
            first.kill()
            second.kill()
    delete_put_away(own, within=60)
    assert [*folder.iterdir()] == [own]
