"""The session's own D-Bus, where a dbus-daemon is installed; nobody else's is asked.

Tested by tests/unit/session/services/test_bus.py and tests/x11/test_environment.py.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from desktopd.session.environment import NO_BUS
from desktopd.session.options import SessionOptions
from desktopd.session.service import PartOf, Restart, Service
from desktopd.session.x_server import XServer

PROGRAM = "dbus-daemon"
_ESCAPED = re.compile(rb"[^-0-9A-Za-z_/.\\*]")


def bus_socket(folder: Path) -> Path:
    """Where the bus of the session with this runtime folder listens."""
    return folder / "bus.sock"


def bus(options: SessionOptions, _: XServer, __: Callable[[], None]) -> Service | PartOf | None:
    """A bus that ends with the session; None where no dbus-daemon is installed.

    None on a locked desktop too: a bus starts programs for whoever asks it.
    """
    if options.confinement is not None or not has_bus():
        return None
    socket = bus_socket(options.folder)

    async def answers() -> bool:
        try:
            _, writer = await asyncio.open_unix_connection(socket)
        except OSError:
            return False
        writer.close()
        # It lets everybody in who gets to it; its folder is this user's alone as well.
        socket.chmod(0o600)
        return True

    return Service(
        name="bus",
        argv=(
            *(PROGRAM, "--session", "--nofork", "--nopidfile", "--nosyslog"),
            f"--address={_address(socket)}",
        ),
        ready=answers,
        after=("display",),
        # Programs get on without one.
        restart=Restart(longest=300),
    )


def bus_address(folder: Path) -> str:
    """The address of the session's bus for its programs."""
    return _address(bus_socket(folder)) if has_bus() else NO_BUS


def _address(socket: Path) -> str:
    """The address of a unix socket as servers and clients read it (D-Bus, Server Addresses)."""
    return (
        "unix:path=" + _ESCAPED.sub(lambda byte: b"%%%02x" % ord(byte[0]), bytes(socket)).decode()
    )


def has_bus() -> bool:
    """Whether sessions here have a bus of their own: it serves users with a name only."""
    try:
        pwd.getpwuid(os.getuid())
    except KeyError:
        return False
    return shutil.which(PROGRAM) is not None
