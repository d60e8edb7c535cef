"""A daemon that lacks a part of the native server, and shows its display all the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.daemon import Daemon

ABSENT = 'raise ModuleNotFoundError("No module named \'numpy\'", name="numpy")\n'


def test_without_numpy_x11vnc_serves_the_viewers(
    daemon: Callable[..., Daemon], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "numpy.py").write_text(ABSENT)
    path = os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", "")))
    monkeypatch.setenv("PYTHONPATH", path)
    desktop = daemon(app="xterm", display="xvfb")
    session = desktop.ready()
    assert session["rfb"] == {"path": "x11vnc", "baseline": False}
    reason = "the native RFB server needs numpy: pip install 'desktopd[fast]'"
    assert f"x11vnc shows the display: {reason}" in desktop.log.read_text()
    headers = {"Authorization": f"Bearer {desktop.token}"}
    address = desktop.base.replace("http", "ws") + "/websockify"
    with connect(address, additional_headers=headers) as viewer:
        assert viewer.recv(timeout=20) == b"RFB 003.008\n"
