"""Profiles with which a login shell comes in the way of what it is told, by a real sshd."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktopd.ssh.host_scripts import NO_PYTHON, NOT_BEGUN
from tests.daemon import until
from tests.deploy.ssh_host import Host, ssh_host


@pytest.fixture
def host() -> Iterator[Host]:
    with ssh_host() as found:
        yield found


def profile(host: Host, text: str) -> None:
    (host.home / ".bashrc").write_text(text)


@pytest.mark.parametrize("wanted", [[], ["--slurm", ""], ["status"], ["--install", __file__]])
def test_one_that_ends_the_connection_is_named(host: Host, wanted: list[str]) -> None:
    for text in ("exit 0", "set -e\nstty -ixon"):
        profile(host, text)
        done = host.run("--no-browser", *wanted)
        assert done.returncode == NOT_BEGUN
        assert "must neither exit nor fail where there is no terminal" in done.stderr


@pytest.mark.parametrize("wanted", [[], ["--slurm", ""]])
def test_one_that_starts_another_shell_is_named_once_it_lasts(
    host: Host, wanted: list[str]
) -> None:
    profile(host, "exec dash")
    with host.opened(*wanted) as opened:
        until(lambda: "has not begun yet" in opened.told(), 40, "a sentence")
    profile(host, "")


def test_one_that_prints_anything_and_reads_what_is_not_for_it_is_no_matter(host: Host) -> None:
    profile(host, "printf '\\xff\\xfe \\033]0;node7\\007'; read -t 0.5 line")
    with host.opened() as opened:
        until(opened.addresses, 60, "an address")
        until(opened.ready, 40, "a desktop")
        assert host.run("status").stdout.startswith("running  unix:")


def test_one_whose_path_has_no_python_that_will_do_is_told_so(host: Host) -> None:
    programs = host.folder / "programs"
    programs.mkdir()
    for name in ("sh", "mkdir", "cat"):
        (programs / name).symlink_to(f"/bin/{name}")
    profile(host, f"PATH={programs}")
    done = host.run("--no-browser", "--install", __file__)
    assert done.returncode == NO_PYTHON
    assert "Python 3.11 or later with venv is needed" in done.stderr


def test_an_environment_that_was_left_half_made_is_made_anew(host: Host) -> None:
    python = host.home / ".local" / "share" / "desktopd" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/nowhere")
    no_wheel = host.folder / "nothing.whl"
    no_wheel.touch()
    done = host.run("--no-browser", "--install", str(no_wheel))
    assert done.returncode == 1
    assert "nothing.whl" in done.stderr
    assert python.exists()
