"""``desktopd relay``: connections from stdin and stdout to a desktop of this machine.

For where programs can be started on it and no port be reached, such as a node of a cluster.
Tested by tests/deploy/test_slurm.py.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from desktopd.config import Loaded
from desktopd.control.report import Report, find_daemon
from desktopd.multiplexer import Multiplexer
from desktopd.session.errors import SessionError

STAGE, ADDRESS = "desktopd-stage ", "desktopd-address "
"""How the lines begin that tell what is being started, and the path that a browser opens."""
START_WITHIN = 120.0
_POLL = 0.2
_SETTLED = ("ready", "failed")


def relay(loaded: Loaded) -> int:
    """Wait until the application has painted, tell the address, and carry connections.

    Returns when stdin ends. Raises SessionError where there is no desktop on a unix socket.
    """
    socket = loaded.settings.unix_socket
    if socket is None:
        raise SessionError("relay: name the desktop by --unix-socket")
    report = _started(loaded.runtime_dir)
    _, _, path = report.address.partition(f"unix:{socket}")
    print(f"{ADDRESS}{path or '/'}", flush=True)
    asyncio.run(_carry(socket))
    return 0


def _started(folder: Path) -> Report:
    """The desktop once it can be shown, or has failed and says why; tells each stage before."""
    told, deadline = "", time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        with find_daemon(folder) as found:
            report = found.report if found else None
        if report is not None and report.stage in _SETTLED:
            return report
        if report is not None:
            # A large application may take minutes to paint.
            deadline = time.monotonic() + START_WITHIN
        stage = report.stage if report else "daemon"
        if stage != told:
            print(f"{STAGE}{stage}", flush=True)
            told = stage
        time.sleep(_POLL)
    raise SessionError(f"{folder}: no desktop has come up there in {START_WITHIN:.0f} s")


async def _carry(socket: Path) -> None:
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), sys.stdout.buffer
    )
    writer = asyncio.StreamWriter(transport, protocol, None, loop)
    await Multiplexer(reader, writer, lambda: asyncio.open_unix_connection(str(socket))).run()
