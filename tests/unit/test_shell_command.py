"""Commands as users write them."""

import os
import subprocess

import pytest

from desktopd.shell_command import parse_command, without_shell

ENVIRONMENT = {"HOME": "/home/ada", "NAME": "two words", "PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize(
    "text",
    [
        "napari --reset",
        "~/bin/tool ~ a~b",
        "$HOME/bin/tool ${HOME}/x a$HOME",
        "tool '$HOME' '~/x' \"$HOME\" \"~/x\"",
        r"tool \$HOME \~ a\ b",
        r"tool 'a'\''b $HOME'",
        "tool 'for x in a; do echo $x; done'",
        'tool "a \\" b"',
    ],
)
def test_words_are_those_of_a_shell(text: str) -> None:
    program, *words = parse_command(text, ENVIRONMENT).argv
    shell = subprocess.run(
        ["/bin/sh", "-c", f"set -- {text}; printf '%s\\0' \"$@\""],
        env=ENVIRONMENT,
        capture_output=True,
        check=True,
    )
    assert [program, *words] == shell.stdout.decode().split("\0")[:-1]


def test_a_variable_is_one_word() -> None:
    assert parse_command("tool $NAME", ENVIRONMENT).argv == ("tool", "two words")


def test_what_the_environment_does_not_have_stays() -> None:
    assert parse_command("sh -c 'echo $x' $UNKNOWN", {}).argv == ("sh", "-c", "echo $x", "$UNKNOWN")


def test_who_has_no_home_has_a_command_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)
    assert parse_command("tool ~/x", {}).argv == ("tool", "~/x")


def test_assignments_come_before_the_program() -> None:
    command = parse_command("A=b C='d e' LIB=$HOME/lib napari X=y", ENVIRONMENT)
    assert command.environment == {"A": "b", "C": "d e", "LIB": "/home/ada/lib"}
    assert command.argv == ("napari", "X=y")
    assert command.name == "napari"


@pytest.mark.parametrize("text", ["", "  ", "A=b", "tool 'open"])
def test_what_is_no_command_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a command|quotation"):
        parse_command(text, ENVIRONMENT)


def test_env_makes_assignments_where_there_is_no_shell() -> None:
    assert without_shell("A=b napari") == "env A=b napari"
    assert without_shell("napari 'a b'") == "napari 'a b'"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("/usr/bin/napari --reset", "napari"),
        ("A=b napari", "napari"),
        ("python my_gui.py", "my_gui"),
        ("python3.12 -u /opt/gui/segment.py --port 3", "segment"),
        ("python -m pyqtgraph.examples.Plotting", "pyqtgraph.examples.Plotting"),
        ("java -jar /opt/fiji/ij.jar", "ij"),
        ("env QT_SCALE_FACTOR=2 napari", "napari"),
        ("sh -c 'a | b'", "sh"),
        ("bash", "bash"),
        ("python", "python"),
    ],
)
def test_a_program_is_called_by_what_it_runs(text: str, name: str) -> None:
    assert parse_command(text, {}).name == name
