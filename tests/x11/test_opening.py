"""Opening a file in an application without a companion, by the command that a setting names."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.daemon import Daemon, until
from tests.window_tree import window_tree

Start = Callable[..., Daemon]


def test_a_file_is_opened_by_the_command_once_there_is_such_a_program(
    daemon: Start, tmp_path: Path
) -> None:
    program = tmp_path / "viewer"
    desktop = daemon(
        app="xterm", display="xvfb", app_open=f"{program} {{path}}", files_root=tmp_path
    )
    desktop.ready()
    path = tmp_path / "a file; of cells.tif"
    path.write_text("")
    assert desktop.request("GET", "/api/app").json()["capabilities"] == ["open", "restart"]

    answer = desktop.request("POST", "/api/app/open", json={"path": str(path)})
    assert answer.status_code == 501
    assert f"{program}: no such program" in answer.json()["error"]

    program.write_text('#!/bin/sh\nexec xterm -title "$1"\n')
    program.chmod(0o755)
    answer = desktop.request("POST", "/api/app/open", json={"path": str(path)})
    assert answer.json() == {"by": "command", "layers": []}
    until(lambda: str(path) in window_tree(desktop.environment()), 30, "a window of that name")
    assert desktop.stop() == 0
    processes = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    assert not [p for p in processes if os.fsencode(path) in command_line(p)]


def command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
