"""What each room is told of the settings: a setting that a room is to know is named here.

The rooms know their options alone: of the settings' other names, files and variables, nothing.
"""

from __future__ import annotations

import logging
import os
import resource
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from desktopd import __version__
from desktopd.applications.command import (
    FRESH,
    LOCKED,
    CompanionPlace,
    companion_environment,
    is_napari,
)
from desktopd.applications.opening import Allowed
from desktopd.budgets import DESCRIPTORS, Budget, Budgets, kept
from desktopd.config import ConfigError, Loaded, Settings, is_folder, path_of
from desktopd.confinement.confinement import Confinement
from desktopd.confinement.landlock import abi
from desktopd.confinement.temporary import temporary_folder
from desktopd.files.errors import BadPath
from desktopd.files.limits import UploadLimits
from desktopd.files.obstacle import Obstacle, obstacle_at
from desktopd.files.paths import FilePath
from desktopd.files.sharing import Rules, SharedFiles
from desktopd.http.access.links import Links
from desktopd.http.access.oauth import Provider
from desktopd.http.language import Language
from desktopd.http.options import HttpOptions
from desktopd.rfb.choice import choose
from desktopd.rfb.relay.targets import Targets
from desktopd.rfb.viewers.connection import Limits
from desktopd.session.environment import NO_BUS, desktop_environment
from desktopd.session.options import SessionOptions
from desktopd.session.services.bus import bus_address
from desktopd.shell_command import parse_command
from desktopd.tls.self_signed import self_signed

log = logging.getLogger(__name__)


def session_options(loaded: Loaded) -> SessionOptions:
    """What the settings ask of the session."""
    settings = loaded.settings
    bus = NO_BUS if settings.lockdown else bus_address(loaded.runtime_dir)
    return SessionOptions(
        folder=loaded.runtime_dir,
        environment=desktop_environment(loaded.environment, bus),
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
        app_folder=_app_folder(loaded),
        confinement=_confinement(loaded),
    )


def _app_environment(loaded: Loaded) -> dict[str, str]:
    """What napari gets beside the environment of every program: its companion."""
    if not is_napari(loaded.settings.app):
        return {}
    settings = loaded.settings
    assigned = parse_command(settings.app, loaded.environment).environment
    environment = {**loaded.environment, **assigned}
    return companion_environment(
        companion_place(loaded),
        environment,
        restore=settings.restore,
        motion=settings.motion,
        files=_files_folder(settings),
        samples=_samples(settings),
        hosts=settings.open_hosts,
    )


def companion_place(loaded: Loaded) -> CompanionPlace:
    """Where napari's companion lives, and keeps its sessions; raises ConfigError."""
    kept = _session_folder(loaded.settings)
    return CompanionPlace(loaded.runtime_dir, kept, loaded.settings.lockdown)


def _session_folder(settings: Settings) -> Path | None:
    """The folder that keeps napari's layers, which exists then; None: the runtime folder does."""
    folder = settings.session_dir
    if folder is None:
        return None
    with path_of("session_dir", folder, "name a folder that can be written"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Of what a locked application may have written another one would do as it says.
    place = folder / LOCKED if settings.lockdown else folder
    return place.absolute() / "session"


def _samples(settings: Settings) -> Path | None:
    """The folder of samples; None where there is none to be."""
    if settings.samples is not None and not is_folder("samples", settings.samples):
        raise ConfigError(
            f"samples='{settings.samples}': no such folder; make it, or unset samples"
        )
    return settings.samples.absolute() if settings.samples else None


def _files_folder(settings: Settings) -> Path | None:
    """`files_root` where that can be entered."""
    root = settings.files_root
    return root.resolve() if root is not None and os.access(root, os.R_OK | os.X_OK) else None


def _app_folder(loaded: Loaded) -> Path | None:
    """Where the application starts: among its user's files, unless he is to have no programs.

    Python and its debugger run what they find where they start.
    """
    if loaded.settings.lockdown:
        return loaded.runtime_dir / "home"
    return _files_folder(loaded.settings)


def _confinement(loaded: Loaded) -> Confinement | None:
    """What the application may reach of this machine; None where its user may have programs."""
    settings, folder = loaded.settings, loaded.runtime_dir
    if not settings.lockdown or settings.files_root is None:
        return None
    kept = _session_folder(settings)
    return Confinement(
        files=settings.files_root.resolve(),
        own=(CompanionPlace(folder, locked=True).sessions, *((kept.parent,) if kept else ())),
        read=tuple(filter(None, (_samples(settings),))),
        home=Path(loaded.environment["HOME"]),
        settings=folder / FRESH,
        temporary=_temporary(loaded),
        secret=(folder, *loaded.secret_files),
        tcp=bool(settings.open_hosts) or _has_proxy(loaded.environment),
    )


def _has_proxy(environment: Mapping[str, str]) -> bool:
    proxies = (
        name for name, value in environment.items() if name.lower().endswith("_proxy") and value
    )
    return any(name.lower() != "no_proxy" for name in proxies)


def _temporary(loaded: Loaded) -> Path:
    settings, variables = loaded.settings, loaded.environment
    assert settings.files_root is not None
    trusted = (Path(variables["HOME"]), settings.session_dir)
    given = Path(variables.get("TMPDIR") or os.sep)
    return temporary_folder(
        given, loaded.runtime_dir, [*filter(None, trusted)], settings.files_root
    )


def obstacles(loaded: Loaded) -> tuple[Obstacle, ...]:
    """What the user of the application could not read or save, to be told before he has worked."""
    root = loaded.settings.files_root
    found = obstacle_at(root.resolve()) if root and is_folder("files_root", root) else None
    return () if found is None else (found,)


def allowed_to_open(settings: Settings) -> Allowed:
    """What the settings allow to be opened in the application."""
    return Allowed(root=settings.files_root, hosts=settings.open_hosts)


def _rfb(settings: Settings) -> str:
    try:
        return choose(settings.rfb, settings.display, settings.max_size)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def budgets(settings: Settings) -> Budgets:
    """What others than the owner may cost: fewer places each where descriptors are few.

    All of them together leave half of the descriptors to the rest.
    """
    most = {budget: getattr(settings, f"most_{budget}") for budget in Budget}
    wanted = sum(number * DESCRIPTORS[budget] for budget, number in most.items())
    of_owners = sum(kept(budget) * DESCRIPTORS[budget] for budget in Budget)
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    part = descriptors // 2 - of_owners
    if wanted > part:
        log.warning(
            "ulimit -Hn leaves place for fewer watchers and others: at least %d",
            2 * (wanted + of_owners),
        )
        most = {
            budget: max(1, number * part // wanted) if DESCRIPTORS[budget] else number
            for budget, number in most.items()
        }
    return Budgets(most)


def viewer_limits(settings: Settings) -> Limits:
    """What one viewer may take, and which way its copies may go."""
    return Limits(backlog=int(settings.viewer_backlog), copies=settings.clipboard)


def certificate_files(settings: Settings, folder: Path) -> tuple[Path, Path] | None:
    """The certificate chain and the key of https, made in `folder` where that is asked for.

    None for http. Raises OSError.
    """
    if settings.tls == "self-signed":
        return self_signed(folder, _own_names(settings))
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    return settings.tls_cert, settings.tls_key


def _own_names(settings: Settings) -> set[str]:
    """Host names and addresses by which this desktop may be opened."""
    public = urlsplit(settings.public_url or "").hostname
    patterns = {name for name in settings.allowed_hosts if "*" not in name}
    names = {"localhost", "127.0.0.1", "::1", socket.gethostname(), *patterns}
    # Of all addresses none is one.
    names |= {settings.host} - {"", "*", "0.0.0.0", "::"}
    return names | ({public} if public else set())


def http_options(
    loaded: Loaded,
    token: str,
    budgets: Budgets,
    provider: Provider | None,
    last_input: Callable[[], float | None],
    links: Links,
    obstacles: tuple[Obstacle, ...] = (),
) -> HttpOptions:
    """What the settings ask of the HTTP application; `last_input` as in `desktopd.files.pace`."""
    settings = loaded.settings
    return HttpOptions(
        base_url=settings.base_url,
        auth="none" if settings.auth == "none" else "token",
        token=token,
        view_token=settings.view_token.get_secret_value() if settings.view_token else None,
        frame_ancestors=settings.frame_ancestors,
        allow_origin=settings.allow_origin,
        allowed_hosts=settings.allowed_hosts,
        trusted_proxies=settings.trusted_proxies,
        budgets=budgets,
        copies=settings.clipboard,
        screenshots=settings.screenshots,
        targets=_targets(settings),
        provider=provider,
        files=_shared_files(loaded, last_input),
        links=links,
        language=None if settings.language == "auto" else Language(settings.language),
        obstacles=obstacles,
        landlock=abi() if settings.lockdown else None,
        ends_at=settings.ends_at,
        hsts=settings.hsts,
        banner=settings.banner,
        version=__version__,
    )


def _shared_files(loaded: Loaded, last_input: Callable[[], float | None]) -> SharedFiles | None:
    """The user's files; None where they are switched off."""
    settings, records = loaded.settings, loaded.runtime_dir / "uploads"
    root = settings.files_root
    if settings.files == "off" or root is None:
        return None
    if not is_folder("files_root", root):
        raise ConfigError(f"files_root='{root}': no such folder; make it, or set files=off")
    rules = Rules(
        download=settings.files != "upload",
        upload=settings.files != "download",
        for_viewers=settings.files_for_viewers,
    )
    # As plain numbers: a size of the settings is written as `1KB`.
    limits = UploadLimits(largest=int(settings.upload_limit), free=int(settings.free_space))
    return SharedFiles(root, rules, limits, records, _results(settings), last_input)


def _results(settings: Settings) -> FilePath | None:
    """The folder of results; None where there is to be none."""
    if not settings.results:
        return None
    try:
        return FilePath.parse(settings.results)
    except BadPath as error:
        raise ConfigError(f"results={settings.results!r}: {error}; {error.remedy}") from None


def _targets(settings: Settings) -> Targets | None:
    if not settings.target_plugin or not settings.target_source:
        return None
    try:
        limits = viewer_limits(settings)
        return Targets(settings.target_plugin, settings.target_source, limits)
    except ValueError as error:
        raise ConfigError(f"target_plugin, target_source: {error}") from None
