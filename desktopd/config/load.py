"""The command line, and all layers put together."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from desktopd import __version__
from desktopd.config import sources
from desktopd.config.machine import default_runtime_dir, environment_of_children, runtime_bases
from desktopd.config.settings import NAMES, PREFIX, Settings
from desktopd.config.validation import validate


class Command(StrEnum):
    """What ``desktopd`` is asked to do."""

    RUN = "run"
    START = "start"
    STATUS = "status"
    STOP = "stop"
    CHECK = "check"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, where each came from, and what they say about this machine.

    `options` are those of the command line, for another process that is to have them too.
    `environment` is that of the children. `runtime_bases` hold the runtime folders of this user
    that have no setting of their own. `hub` holds the variables of JupyterHub, such as
    ``JUPYTERHUB_API_URL``, and is empty unless auth is jupyterhub.
    """

    command: Command
    settings: Settings
    options: tuple[str, ...] = field(repr=False)
    origins: Mapping[str, str]
    environment: Mapping[str, str]
    runtime_dir: Path
    runtime_bases: tuple[Path, ...]
    hub: Mapping[str, str]


def load(argv: Sequence[str]) -> Loaded:
    """Read command line, environment and file; raises ConfigError before anything starts."""
    options = vars(_parser().parse_args(argv))
    command = Command(options.pop("command"))
    told = tuple(_option(name, value) for name, value in options.items() if value is not None)
    file = options.pop("config") or os.environ.get(f"{PREFIX}CONFIG")
    arguments = {name: (value, _flag(name)) for name, value in options.items() if value is not None}
    given: dict[str, tuple[Any, str]] = {
        **sources.from_file(Path(file) if file else sources.DEFAULT_FILE, required=bool(file)),
        **sources.from_environment(os.environ),
    }
    hub: dict[str, str] = {}
    if (given | arguments).get("auth", ("", ""))[0] == "jupyterhub":
        hub = {k: v for k, v in os.environ.items() if k.startswith(sources.HUB_PREFIX)}
        given |= sources.from_hub(hub)
    given |= arguments
    settings = validate(given)
    runtime_dir = (settings.runtime_dir or default_runtime_dir(settings, hub)).absolute()
    return Loaded(
        command=command,
        settings=settings,
        options=told,
        origins={name: given[name][1] if name in given else "default" for name in NAMES},
        environment=environment_of_children(runtime_dir),
        runtime_dir=runtime_dir,
        runtime_bases=runtime_bases(),
        hub=hub,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="desktopd",
        description="One GUI application, napari by default, in a browser tab.",
        epilog="Each option is also an environment variable (--base-url: DESKTOPD_BASE_URL) "
        f"and a key of {sources.DEFAULT_FILE}.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "command",
        nargs="?",
        default="run",
        choices=[*Command],
        help="run (the default), start it in the background, its status, stop it, "
        "check this machine, show the config",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--config", metavar="FILE", help="settings file (TOML)")
    for name, info in Settings.model_fields.items():
        if info.annotation in (bool, bool | None):
            parser.add_argument(
                _flag(name), action=argparse.BooleanOptionalAction, help=info.description
            )
        else:
            parser.add_argument(
                _flag(name), metavar="VALUE", help=(info.description or "").replace("%", "%%")
            )
    return parser


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _option(name: str, value: object) -> str:
    """One option as a single argument."""
    if isinstance(value, bool):
        return _flag(name) if value else _flag(f"no_{name}")
    return f"{_flag(name)}={value}"


def describe(loaded: Loaded) -> str:
    """The text of ``desktopd config``: each setting, its value, where it came from."""
    rows = []
    for name in NAMES:
        value = getattr(loaded.settings, name)
        if isinstance(value, tuple):
            value = " ".join(value)
        elif isinstance(value, bool):
            value = str(value).lower()
        rows.append((name, "" if value is None else str(value), loaded.origins[name]))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"{n:<{widths[0]}}  {v:<{widths[1]}}  {o}".rstrip() for n, v, o in rows)
