"""The page that sends the browser of a laptop on to the desktop.

A browser is told its address in a command line, which others on the machine can read; so that names
a file of this user's, and the file has the address with its token.
Tested by tests/deploy/test_ssh.py.
"""

from __future__ import annotations

import html
import os
import webbrowser
from pathlib import Path

_PAGE = """<!doctype html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={address}">
<title>desktopd</title>
<a href="{address}">Open the desktop</a>
"""


def write(folder: Path, address: str) -> Path:
    """A page in `folder` that this user alone can read."""
    path = folder / "desktop.html"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(_PAGE.format(address=html.escape(address)))
    return path


def show(path: Path) -> bool:
    """Open the page in the user's browser; returns whether there is one."""
    return webbrowser.open(path.as_uri())
