"""What every test may use."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.daemon import Daemon


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder with a path short enough for unix sockets (107 bytes)."""
    path = Path(tempfile.mkdtemp(prefix="dd-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def daemon(folder: Path) -> Iterator[Callable[..., Daemon]]:
    """Start daemons; each ends with the test."""
    started: list[Daemon] = []

    def start(*arguments: str, **settings: object) -> Daemon:
        place = folder / str(len(started))
        place.mkdir()
        started.append(Daemon(place, *arguments, **settings))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is not None:
            # A test may leave a killed daemon: its successor ends what it left.
            one.start()
        one.stop()
