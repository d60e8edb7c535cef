"""What the settings leave to this machine and this user: folders, the children's environment."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from desktopd.config.settings import PREFIX, Settings
from desktopd.config.sources import HUB_PREFIX

LINGER = Path("/var/lib/systemd/linger")
USER_FOLDERS = Path("/run/user")


def supervised() -> bool:
    """Whether supervisord has started this very process, and not one further up."""
    return os.environ.get("SUPERVISOR_PROCESS_NAME") == "desktopd"


def watchdog() -> tuple[str, float] | None:
    """Where a supervisor hears signs of life, and seconds without one that it allows.

    sd_notify(3), sd_watchdog_enabled(3); None where nobody waits for any.
    """
    place, wanted = os.environ.get("NOTIFY_SOCKET"), os.environ.get("WATCHDOG_USEC", "")
    # A shell may have inherited them from a service that is watched itself.
    ours = os.environ.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
    return (place, int(wanted) / 1e6) if place and wanted.isdecimal() and ours else None


def runtime_bases() -> tuple[Path, ...]:
    """Folders that hold the runtime folders of this user's desktops; new ones go to the first."""
    bases = [Path("/tmp")]
    xdg = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    # The XDG specification has a relative path ignored.
    if xdg.is_absolute() and os.access(xdg, os.W_OK):
        if xdg.parent != USER_FOLDERS:
            bases = [xdg]
        else:
            bases.insert(0 if _lingers() else 1, xdg)
    return tuple(base / f"desktopd-{os.getuid()}" for base in bases)


def _lingers() -> bool:
    """Whether systemd keeps the user's folder when he logs out (loginctl(1), enable-linger)."""
    try:
        return (LINGER / pwd.getpwuid(os.getuid()).pw_name).exists()
    except KeyError:
        return False


def default_runtime_dir(settings: Settings, hub: Mapping[str, str]) -> Path:
    """One folder for each listening address, so that a restarted daemon finds its own.

    A hub gives the port of one user to the next, and may run all of them as one account.
    """
    if hub:
        server = f"{hub.get(f'{HUB_PREFIX}API_URL')} {settings.base_url}"
        name = f"hub-{_digest(server.encode())}"
    elif settings.unix_socket is not None:
        name = f"socket-{_digest(os.fsencode(settings.unix_socket.absolute()))}"
    else:
        name = f"port-{settings.port}" if settings.port else f"free-port-{secrets.token_hex(4)}"
    return runtime_bases()[0] / name


def _digest(name: bytes) -> str:
    return hashlib.sha256(name).hexdigest()[:12]


def environment_of_children(runtime_dir: Path) -> dict[str, str]:
    """Our environment without our settings and a hub's, tokens among them, and other marks."""
    ours = (PREFIX, HUB_PREFIX, "JPY_API_TOKEN", "SUPERVISOR_", "NOTIFY_SOCKET", "WATCHDOG_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    home = environment.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        environment["HOME"] = str(runtime_dir / "home")
    # The virtual environment that runs the daemon also holds napari.
    path = environment.get("PATH", os.defpath).split(os.pathsep)
    own = str(Path(sys.executable).parent)
    if own not in path:
        environment["PATH"] = os.pathsep.join([own, *path])
    return environment
