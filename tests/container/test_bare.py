"""A bare Debian or Ubuntu; what root installs there, or container/run, is what the image has."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.container.engine import DEBIAN, UBUNTU, Base, Docker, DockerError, provide_base
from tests.daemon import ROOT, until
from tests.documents import commands

systems = pytest.mark.parametrize("base", [DEBIAN, UBUNTU], ids=lambda base: base.image)


@systems
@pytest.mark.timeout(600)  # The packages are fetched.
def test_a_user_who_cannot_install_is_told_what_an_administrator_runs(
    docker: Docker, base: Base
) -> None:
    image = provide_base(docker, base)
    checkout = f"--volume={ROOT}:/home/ada/desktopd:ro"
    command = ("/home/ada/desktopd/container/run", "--files-root", "/home/ada")
    with pytest.raises(DockerError, match="status 1\n") as told:
        docker("run", "--rm", "--user=1000", checkout, image, *command)
    said = str(told.value)
    assert "System packages are missing here" in said
    assert "This user cannot write to /home/ada/desktopd" in said
    [install] = re.findall(r"^    (apt-get update && apt-get install .*)$", said, re.MULTILINE)
    docker(
        *("run", "--rm", checkout, image, "bash", "-euc"),
        f"{install} >&2 && /home/ada/desktopd/container/install --missing",
        seconds=500,
    )


@pytest.fixture
def ubuntu(docker: Docker) -> Iterator[str]:
    """A container of a bare Ubuntu with a checkout, for the README's first command."""
    command = next(c for c in commands("README.md") if c.startswith("container/run"))
    image = provide_base(docker, UBUNTU)
    made = docker("create", image, "bash", "-c", f"cd ~/desktopd && {command}")
    tracked = subprocess.run(
        ["git", "archive", "--prefix=desktopd/", "HEAD"], cwd=ROOT, check=True, capture_output=True
    )
    copy = ["docker", "cp", "-", f"{made}:/root"]
    subprocess.run(copy, env=docker.environment, input=tracked.stdout, check=True)
    yield made
    docker("rm", "--force", "--volumes", made)


@pytest.mark.timeout(900)  # Packages of 1.2 GB are fetched.
def test_the_readmes_command_serves_napari_from_a_bare_ubuntu(docker: Docker, ubuntu: str) -> None:
    docker("start", ubuntu)

    def painted() -> bool:
        logs = docker("logs", ubuntu)
        assert docker("inspect", ubuntu, "--format={{.State.Running}}") == "true", logs
        return "application is ready" in logs

    until(painted, 800, "napari on Ubuntu")
    [address] = re.findall(r"http://127\.0\.0\.1:8888/\?token=\S+", docker("logs", ubuntu))
    browser = "r.build_opener(r.HTTPCookieProcessor())"
    asked = f"import urllib.request as r; print({browser}.open({address!r}).status)"
    assert docker("exec", ubuntu, "python3", "-c", asked) == "200"
