"""What every test may use."""

from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.chromium import chromium, context, tab
from tests.container.image import docker, image
from tests.daemon import Daemon, daemons, short_folder

# Shared by several folders: a fixture that lives as long as the run must be registered once.
__all__ = ["chromium", "context", "docker", "image", "tab"]


# How long an example takes says more about the machine than about the code. Examples are the same
# each time, so that no change fails by what it has not touched: `thorough` and tests/fuzz go on.
hypothesis.settings.register_profile("desktopd", deadline=None, derandomize=True)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=500)
hypothesis.settings.load_profile("desktopd")


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder with a path short enough for unix sockets (107 bytes)."""
    with short_folder() as path:
        yield path


@pytest.fixture
def daemon(folder: Path) -> Iterator[Callable[..., Daemon]]:
    """Start daemons; each ends with the test."""
    with daemons(folder) as start:
        yield start


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have those that need an engine come last: the image may be being built beside the others."""
    items.sort(key=lambda item: "docker" in getattr(item, "fixturenames", ()))
