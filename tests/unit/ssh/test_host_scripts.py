"""The folder that a script uses on a host whose /tmp is everybody's."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from desktopd.ssh import host_scripts

OTHER = 65534


def run(place: Path) -> tuple[int, str]:
    """The end of `desktopd ssh HOST status` on a host where `place` is /tmp."""
    program = place / "bin" / "desktopd"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho reached\n")
    program.chmod(0o755)
    script = host_scripts.control("status", "desktop").replace("/tmp/", f"{place}/")
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}
    done = subprocess.run(script, shell=True, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / f"desktopd-ssh-{os.geteuid()}"


def test_the_folder_is_made_and_found_again_for_its_user_alone(
    tmp_path: Path, folder: Path
) -> None:
    folder.mkdir(mode=0o755)
    assert run(tmp_path) == (0, "reached\n")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_link_is_not_followed(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o755)
    folder.symlink_to("home")
    assert run(tmp_path) == (73, "")
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o755


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what another user has made")
def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path, folder: Path) -> None:
    folder.mkdir()
    os.chown(folder, OTHER, OTHER)
    assert run(tmp_path) == (73, "")
