"""The command line: every setting, the commands, and what another process is given of it."""

from pathlib import Path

import pytest

from desktopd import __version__
from desktopd.config import Command, Settings, load
from desktopd.config.command_line import argument, parse
from tests.unit.config.files import write


def test_another_process_gets_the_options_of_this_one(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    given = ["--no-kiosk", "--app", "start --stop", "--config", str(path), "--port=0", "start"]
    loaded = load(given)
    assert loaded.command is Command.START
    again = load(["run", *loaded.options])
    assert again.command is Command.RUN
    assert again.settings == loaded.settings
    assert again.options == loaded.options


def test_only_what_was_given_is_told() -> None:
    assert parse([]) == (Command.RUN, {})
    assert parse(["check", "--no-kiosk", "--app="]) == (
        Command.CHECK,
        {"kiosk": False, "app": ""},
    )


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("kiosk", True, "--kiosk"),
        ("restart_app", False, "--no-restart-app"),
        ("app", "a --b 'c d'", "--app=a --b 'c d'"),
    ],
)
def test_an_option_is_one_argument(name: str, value: object, told: str) -> None:
    assert argument(name, value) == told
    assert parse([told])[1] == {name: value}


def test_the_help_has_every_setting_and_the_version_is_the_packages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for option in ("--help", "--version"):
        with pytest.raises(SystemExit, match=r"^0$"):
            parse([option])
    told = capsys.readouterr().out
    assert all(f"--{name.replace('_', '-')} " in told for name in Settings.model_fields)
    assert told.endswith(f"{__version__}\n")


@pytest.mark.parametrize("argv", [["--siz", "1x1"], ["fly"], ["--no-app"]])
def test_what_is_no_option_ends_with_status_2(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """No abbreviations: a later setting would change what they mean."""
    with pytest.raises(SystemExit, match=r"^2$"):
        parse(argv)
    assert "error: " in capsys.readouterr().err


def test_a_mistyped_option_is_told_with_the_one_that_is_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match=r"^2$"):
        parse(["--prot", "5"])
    told = capsys.readouterr().err
    assert told == "desktopd: error: --prot: no such option; did you mean --port?\n"
    assert parse(["--banner", "-- for teaching --"])[1] == {"banner": "-- for teaching --"}
