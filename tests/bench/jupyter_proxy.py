"""jupyter-remote-desktop-proxy as a stack: Xtigervnc, which a Jupyter Server starts and relays."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from websockets.sync.client import connect

from desktopd.geometry import Size
from tests.bench import stacks
from tests.bench.stacks import Served
from tests.daemon import until

XSTARTUP = '#!/bin/sh\nprintf "%s" "$DISPLAY" >"$HOME/display"\nexec sleep 86400\n'
JUPYTER = "--allow-root --ip=127.0.0.1 --IdentityProvider.token= --ServerApp.port_retries=0"


@contextmanager
def jupyter_remote_desktop_proxy(size: Size) -> Iterator[Served]:
    """Jupyter Server, which starts Xtigervnc for whoever comes when it is not there.

    The size is its own, 1680x1050.
    """
    found, path = shutil.which("jupyter-server"), "/desktop-websockify/"
    if found is None:
        hint = "`pip install jupyter-remote-desktop-proxy` into an environment of its own, on PATH"
        raise FileNotFoundError(f"jupyter-server is missing: {hint}")
    server = Path(found)
    with stacks.own_folder() as home:
        port, desktop = stacks.free_port(), home / "xstartup"
        desktop.write_text(XSTARTUP)
        desktop.chmod(0o755)
        environment = {
            **os.environ,
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "JUPYTER_REMOTE_DESKTOP_PROXY_XSTARTUP": str(desktop),
            "PATH": f"{server.parent}:{os.environ['PATH']}",
        }
        argv = [str(server), *JUPYTER.split(), f"--port={port}", f"--ServerApp.root_dir={home}"]
        with stacks.process(home, port, argv, environment) as pid:
            with connect(f"ws://127.0.0.1:{port}{path}", open_timeout=30) as websocket:
                websocket.recv(30)
            told = home / "display"
            named = until(lambda: told.exists() and told.read_text(), 30, "a display")
            shown = {**os.environ, "DISPLAY": named, "XAUTHORITY": str(home / ".Xauthority")}
            below = psutil.Process(pid).children(recursive=True)
            vnc = next(child.pid for child in below if child.name() == "Xtigervnc")
            yield Served(port, "/desktop", shown, [vnc, pid], websocket=path)
