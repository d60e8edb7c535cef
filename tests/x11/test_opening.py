"""Opening a file in an application without a companion, by the command that a setting names."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.daemon import Daemon, until

Start = Callable[..., Daemon]


def windows(daemon: Daemon) -> str:
    run = ["xwininfo", "-root", "-tree"]
    listed = subprocess.run(
        run, env=daemon.environment(), capture_output=True, text=True, check=True
    )
    return listed.stdout


@pytest.fixture
def desktop(daemon: Start, tmp_path: Path) -> Daemon:
    started = daemon(
        app="xterm", display="xvfb", app_open="xterm -title {path}", files_root=tmp_path
    )
    started.ready()
    return started


def test_a_file_is_opened_by_the_command(desktop: Daemon, tmp_path: Path) -> None:
    path = tmp_path / "a file; of cells.tif"
    path.write_text("")
    assert desktop.request("GET", "/api/app").json()["capabilities"] == ["open", "restart"]
    answer = desktop.request("POST", "/api/app/open", json={"path": str(path)})
    assert answer.json() == {"by": "command", "layers": []}
    until(lambda: str(path) in windows(desktop), 20, "a window of that name")
    assert desktop.stop() == 0
    processes = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    assert not [p for p in processes if os.fsencode(path) in command_line(p)]


def command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_a_command_that_does_not_exist_is_said_to(daemon: Start, tmp_path: Path) -> None:
    desktop = daemon(
        app="xterm", display="xvfb", app_open="no-such-program {path}", files_root=tmp_path
    )
    desktop.ready()
    (tmp_path / "cells.tif").write_text("")
    answer = desktop.request("POST", "/api/app/open", json={"path": str(tmp_path / "cells.tif")})
    assert answer.status_code == 501
    assert "no-such-program: no such program" in answer.json()["error"]


def test_without_a_command_nothing_is_opened(daemon: Start, tmp_path: Path) -> None:
    desktop = daemon(app="xterm", display="xvfb", files_root=tmp_path)
    desktop.ready()
    (tmp_path / "cells.tif").write_text("")
    answer = desktop.request("POST", "/api/app/open", json={"path": str(tmp_path / "cells.tif")})
    assert answer.status_code == 501
    assert "app_open" in answer.json()["remedy"]
