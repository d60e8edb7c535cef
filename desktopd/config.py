"""Settings: command line over environment over file over default.

The only reader of ``os.environ``. Everything else gets values.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import os
import re
import shlex
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from desktopd import __version__
from desktopd.geometry import Size

PREFIX = "DESKTOPD_"
HUB_PREFIX = "JUPYTERHUB_"
DEFAULT_FILE = Path("/etc/desktopd.toml")


class ConfigError(Exception):
    """A setting that cannot be used: names the setting, its value and the remedy."""


class Command(StrEnum):
    """What ``desktopd`` is asked to do."""

    RUN = "run"
    CHECK = "check"
    CONFIG = "config"


def _size(value: object) -> object:
    return Size.parse(value) if isinstance(value, str) else value


def _words(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _base_url(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"[A-Za-z0-9._~%@/-]*", value):
        raise ValueError("expected a path such as / or /user/ada/desktop/")
    return "/" + "".join(f"{part}/" for part in value.split("/") if part)


def _command(value: object) -> object:
    if isinstance(value, str) and not shlex.split(value):
        raise ValueError("expected a command, e.g. napari or 'python my_gui.py'")
    return value


SizeSetting = Annotated[Size, NoDecode, BeforeValidator(_size)]
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
CommandLine = Annotated[str, BeforeValidator(_command)]


class Settings(BaseSettings):
    """Every setting of desktopd, with its default."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=PREFIX)

    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 or :: for all")
    port: int = Field(8888, ge=0, le=65535, description="TCP port; 0 takes a free one")
    unix_socket: Path | None = Field(None, description="listen on this unix socket, not on TCP")
    base_url: Annotated[str, BeforeValidator(_base_url)] = Field(
        "/", description="path below which everything is served"
    )
    auth: Literal["token", "none", "jupyterhub"] = Field(
        "token", description="token, none behind a proxy that authenticates, or jupyterhub"
    )
    token: SecretStr | None = Field(None, description="token for full control; random when unset")
    view_token: SecretStr | None = Field(None, description="token that may only watch")
    frame_ancestors: Words = Field(
        ("'self'",), description="pages that may embed the desktop (CSP sources)"
    )
    allow_origin: Words = Field((), description="further origins whose pages may connect")
    allowed_hosts: Words = Field(
        (), description="host names under which the desktop is reached; unset: any"
    )
    trusted_proxies: Words = Field(
        ("127.0.0.1", "::1"), description="proxies whose X-Forwarded-* headers count"
    )
    tls_cert: Path | None = Field(None, description="certificate chain (PEM) to serve https")
    tls_key: Path | None = Field(None, description="private key (PEM) of tls_cert")
    display: Literal["auto", "xvfb", "xdummy", "xvnc"] = Field(
        "auto", description="X server; auto is xdummy, or xvfb where that fails"
    )
    size: SizeSetting = Field(Size(1600, 900), description="size of the desktop at the start")
    max_size: SizeSetting = Field(Size(7680, 4320), description="largest size of the desktop")
    dpi: int = Field(96, ge=48, le=480, description="dots per inch that applications see")
    rfb: Literal["auto", "x11vnc", "xvnc"] = Field(
        "auto", description="RFB server; auto is xvnc on that display, else x11vnc"
    )
    app: CommandLine = Field("napari", description="command of the application")
    kiosk: bool = Field(True, description="one maximised application, or a plain desktop")
    restart_app: bool | None = Field(
        None, description="start the application again when it ends; unset: as kiosk"
    )
    wm: CommandLine = Field("openbox", description="command of the window manager")
    target_plugin: str | None = Field(
        None, description="websockify token plugin that resolves /websockify?token=NAME"
    )
    target_source: str | None = Field(None, description="source that target_plugin reads")
    idle_timeout: int = Field(
        0, ge=0, description="end after so many seconds without input; 0 is never"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="how much the log tells"
    )
    runtime_dir: Path | None = Field(
        None, description="folder for sockets, state and logs; unset: one per port"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from `load` alone: it reads every layer and remembers which one won."""
        return (init_settings,)

    @field_validator("token", "view_token")
    @classmethod
    def _usable_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().strip()) < 16:
            raise ValueError("expected at least 16 characters; unset it for a random one")
        return value

    @property
    def restarts_application(self) -> bool:
        """Whether an application that ended is started again."""
        return self.kiosk if self.restart_app is None else self.restart_app


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, where each came from, and what they say about this machine.

    `environment` is that of the children; `hub` holds the variables of JupyterHub, such as
    ``JUPYTERHUB_API_URL``, and is empty unless auth is jupyterhub.
    """

    command: Command
    settings: Settings
    origins: Mapping[str, str]
    environment: Mapping[str, str]
    runtime_dir: Path
    hub: Mapping[str, str]


def load(argv: Sequence[str]) -> Loaded:
    """Read command line, environment and file; raises ConfigError before anything starts."""
    options = vars(_parser().parse_args(argv))
    command = Command(options.pop("command"))
    file = options.pop("config") or os.environ.get(f"{PREFIX}CONFIG")
    arguments = {
        name: (value, f"--{name.replace('_', '-')}")
        for name, value in options.items()
        if value is not None
    }
    given: dict[str, tuple[Any, str]] = {
        **_from_file(Path(file) if file else DEFAULT_FILE, required=bool(file)),
        **_from_environment(os.environ),
    }
    hub: dict[str, str] = {}
    if (given | arguments).get("auth", ("", ""))[0] == "jupyterhub":
        hub = {k: v for k, v in os.environ.items() if k.startswith(HUB_PREFIX)}
        given |= _from_hub(hub)
    given |= arguments
    settings = _validate(given)
    origins = {name: given[name][1] if name in given else "default" for name in _names()}
    runtime_dir = (settings.runtime_dir or _default_runtime_dir(settings, hub)).absolute()
    return Loaded(
        command=command,
        settings=settings,
        origins=origins,
        environment=_environment_of_children(runtime_dir),
        runtime_dir=runtime_dir,
        hub=hub,
    )


def supervised() -> bool:
    """Whether supervisord has started this very process, and not one further up."""
    return os.environ.get("SUPERVISOR_PROCESS_NAME") == "desktopd"


def _names() -> Iterable[str]:
    return Settings.model_fields


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="desktopd",
        description="One GUI application, napari by default, in a browser tab.",
        epilog="Each option is also an environment variable (--base-url: DESKTOPD_BASE_URL) "
        f"and a key of {DEFAULT_FILE}.",
        allow_abbrev=False,
    )
    parser.add_argument("command", nargs="?", default="run", choices=[*Command])
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--config", metavar="FILE", help="settings file (TOML)")
    for name, field in Settings.model_fields.items():
        flag = f"--{name.replace('_', '-')}"
        if field.annotation in (bool, bool | None):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, help=field.description)
        else:
            parser.add_argument(
                flag, metavar="VALUE", help=(field.description or "").replace("%", "%%")
            )
    return parser


def _from_file(path: Path, *, required: bool) -> dict[str, tuple[Any, str]]:
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if required:
            raise ConfigError(f"{path}: no such settings file; correct --config") from None
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}; expected a readable TOML file") from None
    for name in values:
        if name not in _names():
            raise ConfigError(f"{path}: unknown setting {name!r}{_suggestion(name, _names())}")
    return {name: (value, f"{name} in {path}") for name, value in values.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    secrets = [name for name in _names() if name.endswith("token")]
    variables = {f"{PREFIX}{name.upper()}": name for name in _names()}
    files = {f"{PREFIX}{name.upper()}_FILE": name for name in secrets}
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
            raise ConfigError(f"unknown variable {variable}{_suggestion(variable, known)}")
    return found


def _from_hub(variables: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
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
    """Whether Kubernetes has set a variable, for a Service that is called desktopd."""
    link = r"(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)"
    return bool(
        re.fullmatch(PREFIX + link, variable)
        or (variable == f"{PREFIX}PORT" and re.match(r"(tcp|udp)://", value))
    )


def _read_secret(path: Path, variable: str) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{variable}='{path}': {error}; expected a readable file") from None


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]}?" if close else "; `desktopd config` lists all settings"


def _validate(given: Mapping[str, tuple[Any, str]]) -> Settings:
    try:
        settings = Settings(**{name: value for name, (value, _) in given.items()})
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(e, given) for e in error.errors())) from None
    for one, other in (("tls_cert", "tls_key"), ("target_plugin", "target_source")):
        if (getattr(settings, one) is None) != (getattr(settings, other) is None):
            raise ConfigError(f"{one} and {other} go together: set both or none")
    if (settings.rfb == "xvnc" and settings.display not in ("xvnc", "auto")) or (
        settings.rfb == "x11vnc" and settings.display == "xvnc"
    ):
        raise ConfigError(
            f"rfb={settings.rfb} does not go with display={settings.display}; "
            "use rfb=auto, or display=xvnc with rfb=xvnc"
        )
    if settings.size != settings.size.clamped(settings.max_size):
        raise ConfigError(f"size={settings.size} is larger than max_size={settings.max_size}")
    return settings


def _explain(error: Any, given: Mapping[str, tuple[Any, str]]) -> str:
    name = str(error["loc"][0])
    value, origin = given[name]
    shown = "'…'" if name.endswith("token") else repr(value)
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{origin}={shown}: {message}"


def _default_runtime_dir(settings: Settings, hub: Mapping[str, str]) -> Path:
    """One folder for each listening address, so that a restarted daemon finds its own.

    A hub gives the port of one user to the next, and may run all of them as one account.
    """
    base = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    # The XDG specification has a relative path ignored.
    if not base.is_absolute() or not os.access(base, os.W_OK):
        base = Path("/tmp")
    if hub:
        server = f"{hub.get(f'{HUB_PREFIX}API_URL')} {settings.base_url}"
        name = f"hub-{_digest(server.encode())}"
    elif settings.unix_socket is not None:
        name = f"socket-{_digest(os.fsencode(settings.unix_socket.absolute()))}"
    else:
        name = f"port-{settings.port}" if settings.port else f"free-port-{os.getpid()}"
    return base / f"desktopd-{os.getuid()}" / name


def _digest(name: bytes) -> str:
    return hashlib.sha256(name).hexdigest()[:12]


def _environment_of_children(runtime_dir: Path) -> dict[str, str]:
    """Our environment without our settings and a hub's, tokens among them, and other marks."""
    ours = (PREFIX, HUB_PREFIX, "JPY_API_TOKEN", "SUPERVISOR_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    for name in ("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    home = environment.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        environment["HOME"] = str(runtime_dir / "home")
    # The virtual environment that runs the daemon also holds napari.
    path = environment.get("PATH", os.defpath).split(os.pathsep)
    own = str(Path(sys.executable).parent)
    if own not in path:
        environment["PATH"] = os.pathsep.join([own, *path])
    return environment


def describe(loaded: Loaded) -> str:
    """The text of ``desktopd config``: each setting, its value, where it came from."""
    rows = []
    for name in _names():
        value = getattr(loaded.settings, name)
        if isinstance(value, tuple):
            value = " ".join(value)
        elif isinstance(value, bool):
            value = str(value).lower()
        rows.append((name, "" if value is None else str(value), loaded.origins[name]))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"{n:<{widths[0]}}  {v:<{widths[1]}}  {o}".rstrip() for n, v, o in rows)
