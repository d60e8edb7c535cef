"""Settings from what was given: each value by itself, then what goes with what."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from pydantic import ValidationError

from desktopd.config.errors import ConfigError
from desktopd.config.paths import check_paths
from desktopd.config.settings import PREFIX, SECRETS, Settings
from desktopd.config.texts import check_texts

Given = Mapping[str, tuple[Any, str]]
"""Values of settings by name, each with where it came from."""

# Values of ``wm`` that are desktops of many windows.
WITHOUT_KIOSK = ("xfce",)


def validate(given: Given) -> Settings:
    """Make the settings of what was given; raises ConfigError."""
    try:
        settings = Settings(**{name: value for name, (value, _) in given.items()})
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(e, given) for e in error.errors())) from None
    for check in (
        check_paths,
        check_texts,
        _pairs,
        _rfb_server,
        _size,
        _window_manager,
        _lockdown,
        _tls,
        _vnc_port,
        _everybody,
    ):
        check(settings)
    return settings


def _pairs(settings: Settings) -> None:
    for one, other in (("tls_cert", "tls_key"), ("target_plugin", "target_source")):
        if (getattr(settings, one) is None) != (getattr(settings, other) is None):
            raise ConfigError(f"{one} and {other} go together: set both or none")


def _rfb_server(settings: Settings) -> None:
    if (settings.rfb == "xvnc" and settings.display not in ("xvnc", "auto")) or (
        settings.rfb in ("native", "x11vnc") and settings.display == "xvnc"
    ):
        raise ConfigError(
            f"rfb={settings.rfb} does not go with display={settings.display}; "
            "use rfb=auto, or display=xvnc with rfb=xvnc"
        )
    if settings.rfb_socket is not None and (
        settings.rfb not in ("auto", "native") or settings.display == "xvnc"
    ):
        raise ConfigError(
            f"rfb_socket={settings.rfb_socket} is the native server's: use rfb=native, "
            "or the rfb.sock of runtime_dir"
        )


def _size(settings: Settings) -> None:
    if settings.size != settings.size.clamped(settings.max_size):
        raise ConfigError(f"size={settings.size} is larger than max_size={settings.max_size}")


def _window_manager(settings: Settings) -> None:
    if settings.wm in WITHOUT_KIOSK and settings.kiosk:
        raise ConfigError(
            f"wm={settings.wm} is a desktop of many windows: set --no-kiosk too (kiosk=false)"
        )


def _lockdown(settings: Settings) -> None:
    if not settings.lockdown:
        return
    if not settings.kiosk or settings.wm != "openbox":
        raise ConfigError(
            f"lockdown with kiosk={str(settings.kiosk).lower()} and wm={settings.wm}: "
            "only a kiosk under openbox has no menu and no terminal"
        )
    if settings.files_root is None:
        raise ConfigError("lockdown without files_root: set the folder that its user may see")


def _tls(settings: Settings) -> None:
    if settings.tls != "self-signed":
        return
    if settings.tls_cert is not None:
        raise ConfigError(f"tls=self-signed with tls_cert={settings.tls_cert}: set one of them")
    if settings.hsts:
        raise ConfigError(
            f"hsts={settings.hsts} with tls=self-signed: browsers would let nobody in any more; "
            "use it with a certificate that they trust"
        )


def _vnc_port(settings: Settings) -> None:
    if settings.vnc_port is None:
        return
    where = f"vnc_port={settings.vnc_port}"
    if settings.vnc_password is None:
        if settings.vnc_view_password is not None:
            raise ConfigError(f"{where} with vnc_view_password: set vnc_password too")
        if not is_loopback(settings.vnc_host):
            raise ConfigError(
                f"{where} with vnc_host={settings.vnc_host!r}: set vnc_password, "
                f"e.g. by {PREFIX}VNC_PASSWORD_FILE"
            )
        if settings.auth != "none":
            raise ConfigError(
                f"{where}: whoever has an account on this machine could connect; "
                f"set vnc_password, e.g. by {PREFIX}VNC_PASSWORD_FILE (or auth=none)"
            )
    elif settings.vnc_password == settings.vnc_view_password:
        raise ConfigError(f"{where}: vnc_password and vnc_view_password are the same; change one")


def _everybody(settings: Settings) -> None:
    if settings.auth == "none" and settings.unix_socket is None and not settings.allowed_hosts:
        raise ConfigError(
            "auth=none: any page in the browser of whoever reaches this port could use the "
            "desktop, under a name of its own (DNS rebinding); set allowed_hosts to the names "
            "under which the proxy in front is reached, or listen on a unix_socket"
        )


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _explain(error: Any, given: Given) -> str:
    name = str(error["loc"][0])
    value, origin = given[name]
    shown = "'…'" if name in SECRETS else repr(value)
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{origin}={shown}: {message}"
