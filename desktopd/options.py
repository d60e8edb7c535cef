"""What each room is told of the settings: a setting that a room is to know is named here.

The rooms know their options alone: of the settings' other names, files and variables, nothing.
"""

from __future__ import annotations

import logging

from desktopd import __version__, native
from desktopd.applications.command import CompanionPlace, companion_environment, is_napari
from desktopd.applications.opening import Allowed
from desktopd.config import ConfigError, Loaded, Settings
from desktopd.http.access.oauth import Provider
from desktopd.http.options import HttpOptions
from desktopd.rfb.relay.targets import Targets
from desktopd.session.options import SessionOptions

log = logging.getLogger("desktopd")


def session_options(loaded: Loaded) -> SessionOptions:
    """What the settings ask of the session."""
    settings = loaded.settings
    return SessionOptions(
        folder=loaded.runtime_dir,
        environment=loaded.environment,
        display=settings.display,
        rfb=_rfb(settings),
        size=settings.size,
        max_size=settings.max_size,
        dpi=settings.dpi,
        app=settings.app,
        kiosk=settings.kiosk,
        restart_app=settings.restarts_application,
        wm=settings.wm,
        gpu=settings.gpu,
        app_environment=_app_environment(loaded),
    )


def _app_environment(loaded: Loaded) -> dict[str, str]:
    """What napari gets beside the environment of every program: its companion."""
    if not is_napari(loaded.settings.app):
        return {}
    place = CompanionPlace(loaded.runtime_dir)
    return companion_environment(place, loaded.environment, restore=loaded.settings.restore)


def allowed_to_open(settings: Settings) -> Allowed:
    """What the settings allow to be opened in the application."""
    return Allowed(hosts=settings.open_hosts)


def _rfb(settings: Settings) -> str:
    """Which RFB server is meant: where nothing is asked for, the native one if it can run here."""
    if settings.rfb not in ("auto", "native") or settings.display == "xvnc":
        return settings.rfb
    try:
        native.check()
    except native.Unusable as error:
        if settings.rfb == "native":
            raise ConfigError(f"rfb=native: {error}") from None
        log.warning("x11vnc shows the display: %s", error)
        return "x11vnc"
    return "native"


def http_options(settings: Settings, token: str, provider: Provider | None) -> HttpOptions:
    """What the settings ask of the HTTP application."""
    return HttpOptions(
        base_url=settings.base_url,
        auth="none" if settings.auth == "none" else "token",
        token=token,
        view_token=settings.view_token.get_secret_value() if settings.view_token else None,
        frame_ancestors=settings.frame_ancestors,
        allow_origin=settings.allow_origin,
        allowed_hosts=settings.allowed_hosts,
        trusted_proxies=settings.trusted_proxies,
        targets=_targets(settings),
        provider=provider,
        version=__version__,
    )


def _targets(settings: Settings) -> Targets | None:
    if not settings.target_plugin or not settings.target_source:
        return None
    try:
        return Targets(settings.target_plugin, settings.target_source)
    except ValueError as error:
        raise ConfigError(f"target_plugin, target_source: {error}") from None
