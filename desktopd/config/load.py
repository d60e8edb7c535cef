"""All layers put together: the command line over the environment over a file over defaults."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktopd.config import sources
from desktopd.config.command_line import Command, argument, flag, parse
from desktopd.config.errors import ConfigError
from desktopd.config.machine import default_runtime_dir, environment_of_children, runtime_bases
from desktopd.config.own_files import check_own_files
from desktopd.config.settings import NAMES, PREFIX, SECRETS, Settings
from desktopd.config.texts import check_text
from desktopd.config.validation import Given, validate


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, where each came from, and what they say about this machine.

    `options` are those of the command line, for another process that is to have them too.
    `environment` is that of the children. `runtime_bases` hold the runtime folders of this user
    that have no setting of their own. `secret_files` are those that the settings, or secrets among
    them, are read from, and the key of https. `hub` holds the variables of JupyterHub, such as
    ``JUPYTERHUB_API_URL``, and is empty unless auth is jupyterhub.
    """

    command: Command
    settings: Settings
    options: tuple[str, ...] = field(repr=False)
    origins: Mapping[str, str]
    environment: Mapping[str, str]
    runtime_dir: Path
    runtime_bases: tuple[Path, ...]
    secret_files: tuple[Path, ...]
    hub: Mapping[str, str]


def load(argv: Sequence[str]) -> Loaded:
    """Read command line, environment and file; raises ConfigError before anything starts."""
    command, options = parse(argv)
    _require_working_folder()
    given, hub = _given(options)
    settings = validate(given)
    runtime_dir = (settings.runtime_dir or default_runtime_dir(settings, hub)).absolute()
    check_text("runtime_dir", str(runtime_dir))
    environment = environment_of_children(runtime_dir)
    secret_files = tuple(_secret_files(options, settings))
    check_own_files(settings, runtime_dir, environment, secret_files)
    return Loaded(
        command=command,
        settings=settings,
        options=tuple(argument(name, value) for name, value in options.items()),
        origins={name: given[name][1] if name in given else "default" for name in NAMES},
        environment=environment,
        runtime_dir=runtime_dir,
        runtime_bases=runtime_bases(),
        secret_files=secret_files,
        hub=hub,
    )


def _given(options: Mapping[str, Any]) -> tuple[Given, Mapping[str, str]]:
    """What each layer gives, the upper ones over the lower ones, and the variables of a hub."""
    _refuse_secrets(options)
    file = _file(options)
    lower = {
        **sources.from_file(file or sources.DEFAULT_FILE, required=bool(file)),
        **sources.from_environment(os.environ),
    }
    upper = {n: (value, flag(n)) for n, value in options.items() if n != "config"}
    if {**lower, **upper}.get("auth", ("", ""))[0] != "jupyterhub":
        return {**lower, **upper}, {}
    hub = {k: v for k, v in os.environ.items() if k.startswith(sources.HUB_PREFIX)}
    return {**lower, **sources.from_hub(hub), **upper}, hub


def _file(options: Mapping[str, Any]) -> Path | None:
    """The file of settings that is asked for."""
    name = options.get("config") or os.environ.get(f"{PREFIX}CONFIG")
    return Path(name) if name else None


def _secret_files(options: Mapping[str, Any], settings: Settings) -> Iterator[Path]:
    yield _file(options) or sources.DEFAULT_FILE
    yield from filter(None, (settings.tls_key, settings.audit_log))
    for name in SECRETS:
        if place := os.environ.get(f"{PREFIX}{name.upper()}_FILE"):
            yield Path(place)


def _require_working_folder() -> None:
    """Paths of settings start there, and files_root is it where none is set."""
    try:
        Path.cwd()
    except OSError as error:
        raise ConfigError(f"working folder: {error.strerror}; go to another one (cd ~)") from None


def _refuse_secrets(options: Mapping[str, Any]) -> None:
    """Everybody on a machine may read the command lines of its processes."""
    for name in SECRETS:
        if name in options:
            variable = f"{PREFIX}{name.upper()}"
            raise ConfigError(
                f"{flag(name)}: everybody on this machine can read that with ps; set {variable}, "
                f"or {variable}_FILE to a file that holds it"
            )
