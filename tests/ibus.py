"""A real input method: ibus with anthy, which makes Japanese of what Latin keys type."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.daemon import until
from tests.x11.conftest import Server, end

# From the first key on, where anthy begins as a Latin keyboard.
HIRAGANA = "[org/freedesktop/ibus/engine/anthy/common]\ninput-mode=0\n"


@dataclass(frozen=True)
class ServerWithIbus(Server):
    """An X server whose clients, browsers among them, use the input method."""

    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        environment = {**super().environment, **self.variables}
        # Anthy runs in the Python of the system.
        environment.pop("PYTHONPATH", None)
        return environment


@contextmanager
def japanese(server: Server, folder: Path) -> Iterator[ServerWithIbus]:
    """The same X server with anthy; `folder` is empty, with a short path."""
    settings = folder / "config/glib-2.0/settings/keyfile"
    settings.parent.mkdir(parents=True)
    settings.write_text(HIRAGANA)
    variables = {
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "GSETTINGS_BACKEND": "keyfile",
        "GTK_IM_MODULE": "ibus",
        "XMODIFIERS": "@im=ibus",
    }
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--print-address", "--nofork"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert bus.stdout
    variables["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
    with_ibus = ServerWithIbus(server.name, server.authority, server.process, [], variables)
    try:
        with_ibus.start("ibus-daemon", "--panel=disable", "--config=/usr/libexec/ibus-memconf")
        until(lambda: _engine(with_ibus, "anthy") == "anthy", 30, "anthy")
        yield with_ibus
    finally:
        for client in with_ibus.clients:
            end(client)
        end(bus)
        bus.stdout.close()


def _engine(server: Server, *name: str) -> str:
    """Choose an engine, and tell which one is in use. ibus 1.5.27 does so with a status of 1."""
    for arguments in (name, ()):
        told = subprocess.run(
            ["ibus", "engine", *arguments],
            env=server.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
    return told.stdout.strip()
