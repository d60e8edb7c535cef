"""The desktop inside of Jupyter: servers that jupyter-server-proxy starts and shows.

Tested by tests/deploy/test_jupyterlab.py.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

START_SECONDS = 30
ICON = Path(__file__).with_name("desktop.svg")


def desktop() -> dict[str, Any]:
    """The desktop without a name: the entry point of jupyter-server-proxy."""
    return _server("Desktop", ())


def desktops(settings: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Any]]:
    """Further desktops, for ``c.ServerProxy.servers`` of Jupyter's configuration.

    `settings` gives each name the options of its desktop, such as ``["--app=fiji"]``. A name is
    up to 32 letters, digits, dashes and underscores: the address has it, as ``desktop-NAME``.
    Raises ValueError.
    """
    for name in settings:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", name):
            raise ValueError(
                f"desktop {name!r}: expected up to 32 letters, digits, dashes and underscores"
            )
    return {
        f"desktop-{name}": _server(f"Desktop {name}", options) for name, options in settings.items()
    }


def _server(title: str, options: Sequence[str]) -> dict[str, Any]:
    """A ``ServerProcess`` of jupyter-server-proxy, as tile and tab of JupyterLab.

    Jupyter alone lets users in: the desktop listens on a unix socket of that user. All of its
    links are relative, so it needs no base URL. It ends with Jupyter, even a killed one.
    """
    return {
        "command": [
            *("setpriv", "--pdeathsig=TERM"),
            # -P: the folder of the user's notebooks is not among the modules.
            *(sys.executable, "-P", "-m", "desktopd"),
            # A brace would begin a variable of jupyter-server-proxy's.
            *(option.replace("{", "{{").replace("}", "}}") for option in options),
            "--unix-socket={unix_socket}",
            "--base-url=/",
            "--auth=none",
            "--trusted-proxies=unix",
        ],
        "unix_socket": True,
        "timeout": START_SECONDS,
        "new_browser_tab": False,
        # Its category stays Notebook: tiles of "Other" are shown without their icon.
        "launcher_entry": {"title": title, "icon_path": str(ICON)},
    }
