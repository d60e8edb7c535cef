"""Containers of the image."""

from collections.abc import Callable, Iterator

import pytest

from tests.container.container import Container
from tests.container.engine import Docker


@pytest.fixture
def start(docker: Docker, image: str) -> Iterator[Callable[..., Container]]:
    """Start containers of the image, with desktopd's arguments and the options of docker run."""
    started: list[Container] = []

    def run(*arguments: str, options: tuple[str, ...] = (), image: str = image) -> Container:
        started.append(Container(docker, image, *arguments, options=options))
        started[-1].announced()
        return started[-1]

    yield run
    for container in started:
        container.remove()
