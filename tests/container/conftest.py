"""A Docker engine, the image built from the Dockerfile, and containers of it."""

from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import chromium, context, tab  # noqa: F401
from tests.container.container import Container
from tests.container.engine import Docker, provide_base, running_engine
from tests.daemon import ROOT

IMAGE = "desktopd:test"


@pytest.fixture(scope="session")
def docker() -> Iterator[Docker]:
    """An engine that has the base image."""
    with running_engine() as engine:
        provide_base(engine)
        yield engine


@pytest.fixture(scope="session")
def image(docker: Docker) -> str:
    """The image, built as the README says."""
    build = ["build", "--network=host", f"--tag={IMAGE}", "--file=container/Dockerfile", "."]
    docker(*build, seconds=1800, folder=ROOT)
    return IMAGE


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
