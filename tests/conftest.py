"""What every test may use."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.chromium import chromium, context, tab
from tests.container.image import docker, image
from tests.daemon import Daemon

# Shared by several folders: a fixture that lives as long as the run must be registered once.
__all__ = ["chromium", "context", "docker", "image", "tab"]


# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("desktopd", deadline=None)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=500)
hypothesis.settings.load_profile("desktopd")


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
