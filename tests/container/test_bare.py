"""A bare Debian, on which nothing is installed; what root installs there the image has."""

from __future__ import annotations

import re

import pytest

from tests.container.engine import BASE, Docker, DockerError
from tests.daemon import ROOT


@pytest.mark.timeout(600)  # The packages are fetched.
def test_a_user_who_cannot_install_is_told_what_an_administrator_runs(docker: Docker) -> None:
    checkout = f"--volume={ROOT}:/home/ada/desktopd:ro"
    command = ("/home/ada/desktopd/container/run", "--files-root", "/home/ada")
    with pytest.raises(DockerError, match="status 1\n") as told:
        docker("run", "--rm", "--user=1000", checkout, BASE, *command)
    said = str(told.value)
    assert "System packages are missing here" in said
    assert "This user cannot write to /home/ada/desktopd" in said
    [install] = re.findall(r"^    (apt-get update && apt-get install .*)$", said, re.MULTILINE)
    docker(
        *("run", "--rm", checkout, BASE, "bash", "-euc"),
        f"{install} >&2 && /home/ada/desktopd/container/install --missing",
        seconds=500,
    )
