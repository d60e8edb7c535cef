"""The desktop inside of Jupyter: a server that jupyter-server-proxy starts and shows.

Tested by tests/deploy/test_jupyterlab.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

START_SECONDS = 30
ICON = Path(__file__).with_name("desktop.svg")


def desktop() -> dict[str, Any]:
    """A ``ServerProcess`` of jupyter-server-proxy, as tile and tab of JupyterLab.

    Jupyter alone lets users in: the desktop listens on a unix socket of that user. All of its
    links are relative, so it needs no base URL. It ends with Jupyter, even a killed one.
    """
    return {
        "command": [
            *("setpriv", "--pdeathsig=TERM"),
            # -P: the folder of the user's notebooks is not among the modules.
            *(sys.executable, "-P", "-m", "desktopd"),
            "--unix-socket={unix_socket}",
            "--base-url=/",
            "--auth=none",
            "--trusted-proxies=unix",
        ],
        "unix_socket": True,
        "timeout": START_SECONDS,
        "new_browser_tab": False,
        # Its category stays Notebook: tiles of "Other" are shown without their icon.
        "launcher_entry": {"title": "Desktop", "icon_path": str(ICON)},
    }
