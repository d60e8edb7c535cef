"""The image, built from the Dockerfile by a real engine."""

from collections.abc import Iterator

import pytest

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
