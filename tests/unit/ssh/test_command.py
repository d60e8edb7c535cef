"""What is refused before anything is asked of a host."""

from __future__ import annotations

import pytest

from desktopd.ssh.command import parse


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ada@node7", "--", "--token=abc"], "everybody on ada@node7 could read it"),
        (["ada@node7:2222"], "expected `ada@node7 -o Port=2222`"),
        (["node7", "--name", "a/b"], "expected up to 32 letters"),
        (["node7", "--install", "none.whl"], "no such file"),
        (["node7", "--slurm", "--wrap=x"], "no option of a desktop's job"),
        (["node7", "--slurm", "--arr=1-2"], "--arr=1-2 is no option of a desktop's job"),
        (["node7", "--slurm", "-n1 -a1-2"], "-a1-2 is no option of a desktop's job"),
        (["node7", "--slurm", "-n1 : -n2"], ": is no option of a desktop's job"),
    ],
)
def test_it_is_told_what_to_give_instead(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(arguments)
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("host", ["node7", "ada@node7", "ssh://ada@node7:2222", "fe80::1", "::22"])
def test_a_host_is_what_ssh_takes(host: str) -> None:
    assert parse([host]).host == host


@pytest.mark.parametrize(
    "option", ["--wait-all-nodes=1", "-A chem", "-w n3", "--gres gpu:1", "-t 2-1"]
)
def test_other_options_are_sbatchs_own(option: str) -> None:
    assert parse(["node7", "--slurm", option]).sbatch == tuple(option.split())
