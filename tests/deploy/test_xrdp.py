"""container/xrdp: a real RDP client, a real xrdp, a real desktop."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.chromium import save, screen
from tests.daemon import Daemon, until
from tests.deploy.front import Program, certificate, free_port, recipe

Start = Callable[..., Daemon]

GREEN = (0, 100, 0)


@pytest.fixture
def xrdp(folder: Path) -> Iterator[Callable[[Daemon], int]]:
    """Start the forward and xrdp in front of a daemon; returns the RDP port."""
    started: list[Program] = []

    def start(desktop: Daemon) -> int:
        rfb, rdp = free_port(), free_port()
        listen = f"TCP-LISTEN:{rfb},bind=127.0.0.1,reuseaddr,fork"
        forward = ["socat", listen, f"UNIX-CONNECT:{desktop.folder / 'run' / 'rfb.sock'}"]
        started.append(Program(forward, rfb, folder))
        pem, key = certificate(folder)
        changes = {
            "port=tcp://127.0.0.1:3389": f"port=tcp://127.0.0.1:{rdp}",
            "port=5900": f"port={rfb}",
            "/etc/xrdp/cert.pem": str(pem),
            "/etc/xrdp/key.pem": str(key),
            "/var/log/xrdp.log": str(folder / "xrdp.log"),
        }
        settings = folder / "xrdp.ini"
        settings.write_text(recipe("xrdp/xrdp.ini", changes))
        started.append(Program(["xrdp", "--nodaemon", "--config", str(settings)], rdp, folder))
        return rdp

    yield start
    for program in reversed(started):
        program.stop()


def test_an_rdp_client_shows_and_types_into_the_desktop(
    daemon: Start, xrdp: Callable[[Daemon], int], folder: Path
) -> None:
    desktop = daemon(app="xterm -bg #006400", display="xvfb", size="640x480")
    desktop.ready()
    client = f"xfreerdp /v:127.0.0.1:{xrdp(desktop)} /u:na /p:na /cert:ignore /size:640x480"
    viewer = daemon(app=client, display="xvfb", size="800x600")
    viewer.ready()

    def shown() -> bool:
        return float(np.all(screen(viewer) == GREEN, axis=-1).mean()) > 0.5

    until(shown, 30, "the desktop in the RDP client")
    save(screen(viewer), "xrdp")
    typed = folder / "typed"
    # FreeRDP does not know the key Linefeed, which xdotool types for a line's end.
    click = ["mousemove", "400", "300", "click", "1"]
    for keys in (click, ["type", f"touch {typed}"], ["key", "Return"]):
        subprocess.run(["xdotool", *keys], env=viewer.environment(), check=True)
    until(typed.exists, 20, "the command that was typed")
