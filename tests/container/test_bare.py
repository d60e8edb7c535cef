"""A bare Debian or Ubuntu; what root installs there, or container/run, is what the image has."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import httpx
import pytest

from tests import http
from tests.container.engine import DEBIAN, UBUNTU, Base, Docker, DockerError, provide_base
from tests.daemon import ROOT, until

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
def checkout(docker: Docker) -> Iterator[str]:
    """A container of a bare Ubuntu with a checkout in /root, and nothing that runs yet."""
    image = provide_base(docker, UBUNTU)
    published = "--publish=127.0.0.1::8888"
    made = docker("create", published, image, "/root/desktopd/container/run", "--host=0.0.0.0")
    tracked = subprocess.run(
        ["git", "archive", "--prefix=desktopd/", "HEAD"], cwd=ROOT, check=True, capture_output=True
    )
    copy = ["docker", "cp", "-", f"{made}:/root"]
    subprocess.run(copy, env=docker.environment, input=tracked.stdout, check=True)
    yield made
    docker("rm", "--force", "--volumes", made)


@pytest.mark.timeout(900)  # Packages of 1.2 GB are fetched.
def test_one_command_serves_napari_from_a_bare_ubuntu(docker: Docker, checkout: str) -> None:
    docker("start", checkout)
    base = f"http://{docker('port', checkout, '8888/tcp').splitlines()[0]}"

    def ready() -> bool:
        logs = docker("logs", checkout)
        assert docker("inspect", checkout, "--format={{.State.Running}}") == "true", logs
        try:
            return http.request("GET", f"{base}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    until(ready, 800, "napari on Ubuntu")
    assert "application is ready" in docker("logs", checkout)
