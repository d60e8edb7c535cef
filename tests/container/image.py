"""The image and its variants, built from the Dockerfile by a real engine.

As a program it builds them all, so that they are there when the tests ask for them.
"""

from collections.abc import Iterator

import pytest

from tests.container.engine import Docker, provide_base, running_engine
from tests.daemon import ROOT

IMAGE = "desktopd:test"
VARIANTS = ("slim", "tools")


@pytest.fixture(scope="session")
def docker() -> Iterator[Docker]:
    """An engine that has the base image."""
    with running_engine() as engine:
        provide_base(engine)
        yield engine


@pytest.fixture(scope="session")
def image(docker: Docker) -> str:
    """The image, built as the README says."""
    return build(docker, IMAGE)


def build_variant(docker: Docker, name: str) -> str:
    """Build a variant; returns the name of its image."""
    return build(docker, f"{IMAGE}-{name}", f"--build-arg=VARIANT={name}")


def build(docker: Docker, tag: str, *options: str) -> str:
    """Build an image named `tag`; returns that."""
    command = ("build", "--network=host", *options, f"--tag={tag}", "--file=container/Dockerfile")
    docker(*command, ".", seconds=1800, folder=ROOT)
    return tag


if __name__ == "__main__":
    with running_engine() as own:
        provide_base(own)
        build(own, IMAGE)
        for variant in VARIANTS:
            build_variant(own, variant)
