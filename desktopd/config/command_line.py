"""The command line: one option for each setting, and what ``desktopd`` is asked to do."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, NoReturn

from pydantic.fields import FieldInfo

from desktopd import __version__
from desktopd.config.settings import Settings
from desktopd.config.sources import DEFAULT_FILE, suggestion


class Command(StrEnum):
    """What ``desktopd`` is asked to do."""

    RUN = "run"
    START = "start"
    STATUS = "status"
    STOP = "stop"
    RELAY = "relay"
    CHECK = "check"
    CONFIG = "config"


def parse(argv: Sequence[str]) -> tuple[Command, dict[str, Any]]:
    """The command, and the options that were given, by name; ends the process as argparse does."""
    parser = _parser()
    known = {"--", *_options()}
    for name in (given.partition("=")[0] for given in argv):
        # With a blank it is a value, such as a banner.
        if name.startswith("--") and " " not in name and name not in known:
            parser.error(f"{name}: no such option{suggestion(name, known)}")
    options = vars(parser.parse_args(argv))
    command = Command(options.pop("command"))
    return command, {name: value for name, value in options.items() if value is not None}


def flag(name: str) -> str:
    """The option of a setting."""
    return f"--{name.replace('_', '-')}"


def argument(name: str, value: object) -> str:
    """An option with its value as one argument, for another process."""
    if isinstance(value, bool):
        return flag(name) if value else flag(f"no_{name}")
    return f"{flag(name)}={value}"


class _Parser(argparse.ArgumentParser):
    """Says what is wrong alone: the usage, a screen of options, would hide it."""

    def error(self, message: str) -> NoReturn:
        """End the process with status 2."""
        self.exit(2, f"{self.prog}: error: {message}\n")


def _options() -> Iterator[str]:
    yield from ("--help", "--version", "--config")
    for name, info in Settings.model_fields.items():
        yield flag(name)
        if _is_switch(info):
            yield flag(f"no_{name}")


def _is_switch(info: FieldInfo) -> bool:
    return info.annotation in (bool, bool | None)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="desktopd",
        description="One GUI application, napari by default, in a browser tab.",
        epilog="Each option is also an environment variable (--base-url: DESKTOPD_BASE_URL) "
        f"and a key of {DEFAULT_FILE}. `desktopd ssh HOST` opens a desktop on another machine.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "command",
        nargs="?",
        default="run",
        choices=[command.value for command in Command],
        help="run (the default), start it in the background, its status, stop it, "
        "relay connections from stdin to it, check this machine, show the config",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--config", metavar="FILE", help="settings file (TOML)")
    for name, info in Settings.model_fields.items():
        _add(parser, name, info)
    return parser


def _add(parser: argparse.ArgumentParser, name: str, info: FieldInfo) -> None:
    # To argparse a percent sign starts a format.
    text = (info.description or "").replace("%", "%%")
    if _is_switch(info):
        parser.add_argument(flag(name), action=argparse.BooleanOptionalAction, help=text)
    else:
        parser.add_argument(flag(name), metavar="VALUE", help=text)
