"""How a kiosk starts: on the size of who looks at it, and with the windows of each toolkit."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import which

import pytest
from websockets.sync.client import connect

from tests.daemon import Daemon, until
from tests.x11.conftest import JAVA
from tests.x11.kiosk_desktop import Desktop

Start = Callable[..., Daemon]

HERE = Path(__file__).parent
PROGRAMS = {
    "qt": f"{sys.executable} {HERE / 'windows_qt.py'}",
    "gtk": f"/usr/bin/python3 {HERE / 'windows_gtk.py'}",
    "swing": f"{' '.join(JAVA)} {HERE / 'Frames.java'}",
}


def test_an_application_starts_on_the_size_of_its_first_viewer(
    daemon: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The display waits for the viewer, as it would for one that is quick.
    here = tmp_path / "here"
    wrapper = tmp_path / "bin" / "Xvfb"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\nuntil [ -e {here} ]; do sleep 0.05; done\nexec {which("Xvfb")} "$@"\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    told = tmp_path / "told"
    program = tmp_path / "program.py"
    program.write_text(f"""
import tkinter
root = tkinter.Tk()
size = f"{{root.winfo_screenwidth()}}x{{root.winfo_screenheight()}}"
open({str(told)!r}, "w").write(size)
root.mainloop()
""")
    started = daemon(app=f"/usr/bin/python3 {program}", display="xvfb", size="1600x900")
    address = started.base.replace("http", "ws") + "/api/events"
    with connect(address, additional_headers={"Authorization": f"Bearer {started.token}"}):
        here.touch()
        size = {"width": 1234, "height": 777}

        def resized() -> bool:
            return started.request("PUT", "/api/display", json=size).status_code == 200

        until(resized, 30, "a display")
        until(told.exists, 30, "the application")
    until(told.read_text, 30, "its words")
    assert told.read_text() == "1234x777"


@pytest.mark.parametrize("toolkit", PROGRAMS)
def test_a_second_window_of_each_toolkit_floats(daemon: Start, toolkit: str) -> None:
    started = daemon(app=PROGRAMS[toolkit], display="xvfb", size="1000x700")
    desktop = Desktop(started, Path())
    until(lambda: desktop.window("first") and desktop.window("second"), 90, "two windows")
    desktop.fills("first")
    desktop.floats("second")
    desktop.resize(700, 520)
    desktop.fills("first", (700, 520))
    desktop.floats("second", (700, 520))
