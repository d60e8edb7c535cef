"""Where values come from below the command line: a hub, the environment, a file."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktopd.config.errors import ConfigError
from desktopd.config.settings import NAMES, PREFIX, SECRETS
from desktopd.openers import read_little

HUB_PREFIX = "JUPYTERHUB_"
DEFAULT_FILE = Path("/etc/desktopd.toml")


def from_file(path: Path, *, required: bool) -> dict[str, tuple[Any, str]]:
    """The settings of a TOML file; none when it is missing and not `required`."""
    try:
        values = tomllib.loads(read_little(path).decode())
    except FileNotFoundError:
        if required:
            raise ConfigError(f"{path}: no such settings file; correct --config") from None
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: {error}; expected a readable TOML file") from None
    for name in values:
        if name not in NAMES:
            raise ConfigError(f"{path}: unknown setting {name!r}{suggestion(name, NAMES)}")
    return {name: (value, f"{name} in {path}") for name, value in values.items()}


def from_environment(environ: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    """The settings of ``DESKTOPD_*``; a secret is also read from the file of ``…_FILE``."""
    found: dict[str, tuple[Any, str]] = {}
    variables = {f"{PREFIX}{name.upper()}": name for name in NAMES}
    files = {f"{PREFIX}{name.upper()}_FILE": name for name in SECRETS}
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or variable == f"{PREFIX}CONFIG":
            continue
        if _is_service_link(variable, value):
            continue
        if variable in variables:
            if value:
                found[variables[variable]] = (value, variable)
        elif variable in files and value:
            if environ.get(variable.removesuffix("_FILE")):
                raise ConfigError(f"{variable} and {variable.removesuffix('_FILE')}: set only one")
            found[files[variable]] = (_read_secret(Path(value), variable), variable)
        elif variable not in files:
            known = [*variables, *files]
            raise ConfigError(f"unknown variable {variable}{suggestion(variable, known)}")
    return found


def from_hub(variables: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    """Where JupyterHub expects its single-user server, which is not the port of DESKTOPD_PORT."""
    name = f"{HUB_PREFIX}SERVICE_URL"
    address = variables.get(name, "")
    try:
        url = urlsplit(address)
        port = url.port or 80
    except ValueError as error:
        raise ConfigError(f"{name}={address!r}: {error}") from None
    if url.scheme != "http":
        raise ConfigError(
            f"auth=jupyterhub with {name}={address!r}: expected http://HOST:PORT/PATH, which "
            "JupyterHub gives to the servers that it spawns while its internal_ssl is off"
        )
    return {
        "host": (url.hostname or "*", name),
        "port": (port, name),
        "base_url": (variables.get(f"{HUB_PREFIX}SERVICE_PREFIX") or url.path, name),
    }


def _is_service_link(variable: str, value: str) -> bool:
    """Whether Kubernetes has set a variable, for a Service called desktopd or desktopd-vnc."""
    link = r"(\w+_)?(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)"
    return bool(
        re.fullmatch(PREFIX + link, variable)
        or (variable.endswith("PORT") and re.match(r"(tcp|udp)://", value))
    )


def _read_secret(path: Path, variable: str) -> str:
    try:
        secret = read_little(path).decode().strip()
    except (OSError, ValueError) as error:
        raise ConfigError(f"{variable}='{path}': {error}; expected a readable file") from None
    if not secret:
        raise ConfigError(f"{variable}='{path}': the file is empty; put the secret into it")
    return secret


def suggestion(name: str, known: Iterable[str]) -> str:
    """The remedy for a name that is none of those, to be put behind what is wrong."""
    close = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]}?" if close else "; `desktopd config` lists all settings"
