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
