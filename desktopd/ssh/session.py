"""A desktop that is kept open from here: the connection comes back by itself, on the same port.

Tested by tests/deploy/test_ssh.py.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from desktopd.ssh import page
from desktopd.ssh.connection import ConnectionFailed, connected
from desktopd.ssh.host_scripts import ENDED
from desktopd.ssh.local_port import local_port

LONGEST_PAUSE = 15.0
"""Seconds between two attempts, at most: a laptop that wakes up waits no longer."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The desktop that is to be opened: by `script`, on `port` of this machine (0: a free one)."""

    host: str
    options: Sequence[str]
    script: str
    port: int
    browser: bool


def keep(wanted: Wanted) -> int:
    """Keep the desktop reachable until interrupted.

    Returns 0 when the desktop has ended, an exit status where there was never a connection.
    """
    # Not below a folder with a long name: the path of a unix socket has a limit of its own.
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="desktopd-", dir=_short_folder())
            )
        )
        try:
            port = stack.enter_context(local_port(wanted.port, folder / "way"))
        except OSError as error:
            _say(f"--port {wanted.port}: {error.strerror}; choose another")
            return 1
        return _keep(wanted, folder, port)


def _keep(wanted: Wanted, folder: Path, port: int) -> int:
    told, pause = "", 1.0
    while True:
        began = time.monotonic()
        try:
            with connected(wanted.host, wanted.options, wanted.script, folder) as connection:
                connection.forward(folder / "way")
                address = f"http://127.0.0.1:{port}{connection.place.path}"
                _tell(wanted, folder, address, began, is_new=address != told)
                told, pause = address, 1.0
                if connection.wait() == ENDED:
                    _say(f"The desktop on {wanted.host} has ended.")
                    return 0
            _say(f"The connection to {wanted.host} is lost; the desktop goes on there.")
        except ConnectionFailed as failed:
            if not told:
                return failed.status
            _say(f"{wanted.host} is not reached yet; again in {pause:.0f} s.")
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _tell(wanted: Wanted, folder: Path, address: str, began: float, *, is_new: bool) -> None:
    _say(f"The desktop on {wanted.host} is here after {time.monotonic() - began:.1f} s.")
    # The page that is open comes back by itself, unless the desktop is another one.
    if not is_new:
        return
    print(f"\n    {address}\n", flush=True)
    if wanted.browser and not page.show(page.write(folder, address)):
        _say("No browser was found here: open that address in one.")


def _short_folder() -> Path | None:
    place = Path("/tmp")
    return place if place.is_dir() else None


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
