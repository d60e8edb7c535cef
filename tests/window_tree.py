"""The windows of a display, as xwininfo lists them."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

ATTEMPTS = 20


def window_tree(environment: Mapping[str, str]) -> str:
    """Every window; xwininfo fails, and is asked again, when one goes while it looks."""
    command = ["xwininfo", "-root", "-tree"]
    for _ in range(ATTEMPTS):
        told = subprocess.run(
            command, env=dict(environment), capture_output=True, text=True, check=False
        )
        if told.returncode == 0:
            return told.stdout
    raise AssertionError(f"{command} fails: {told.stderr}")
