"""What a program has left in the X server, when another takes its place on a locked desktop."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desktopd.session.backends.table import BACKENDS
from desktopd.session.procfs import start_time
from tests.daemon import Daemon, until
from tests.window_tree import window_tree

PROGRAM = """
import os, subprocess, sys, time
from pathlib import Path
from Xlib import X, Xatom, display
name = Path(sys.argv[1]).read_text()
left = display.Display()
left.set_close_down_mode(X.RetainPermanent)
screen = left.screen()
for redirected in (False, True):
    window = screen.root.create_window(
        0, 0, 400, 300, 0, screen.root_depth, override_redirect=redirected
    )
    window.set_wm_name(name)
    window.map()
if name == "the first":
    left.change_hosts(X.HostInsert, X.FamilyServerInterpreted, [*b"localuser\\0nobody"])
    left.set_access_control(X.DisableAccess)
    left.set_pointer_mapping([0] * len(left.get_pointer_mapping()))
    screen.root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, b"XTerm*first: 1")
    # Whatever becomes of the environment: one that outlives us has the cookie.
    cookie = Path(os.environ["XAUTHORITY"]).read_bytes()
    Path(sys.argv[1]).with_name("cookie").write_bytes(cookie)
left.sync()
geometry = screen.root.get_geometry()
Path(sys.argv[1]).with_name("size").write_text(f"{geometry.width}x{geometry.height}")
while True:
    time.sleep(1)
"""

STARTS_ONE = """
import subprocess, sys, time
from pathlib import Path
started = subprocess.Popen(["sleep", "600"], start_new_session=True)
Path(sys.argv[1]).write_text(str(started.pid))
time.sleep(600)
"""


def said(started: Daemon, *words: str | Path, **variables: str) -> str:
    """What a program on the display answers; nothing where it is not let in."""
    environment = {**started.environment(), **variables}
    return subprocess.run(words, env=environment, capture_output=True, text=True).stdout


@pytest.mark.parametrize("backend", BACKENDS)
def test_nothing_of_a_locked_program_is_left_to_the_next_one(
    daemon: Callable[..., Daemon], folder: Path, backend: str
) -> None:
    data, program = folder / "data", folder / "program.py"
    data.mkdir()
    program.write_text(PROGRAM)
    (data / "name").write_text("the first")
    app = f"{sys.executable} {program} {data / 'name'}"
    started = daemon(app=app, lockdown=True, files_root=data, display=backend, kiosk=True)
    until(lambda: started.session()["display"], 60, "a display")
    until(lambda: window_tree(started.environment()).count("the first") == 2, 60, "its windows")
    until(lambda: "SI:localuser:nobody" in said(started, "xhost"), 60, "an open door")
    until((data / "cookie").exists, 60, "a cookie")
    assert "XTerm*first" in said(started, "xrdb", "-query")
    first = started.service("application")["pid"]
    size = {"width": 900, "height": 640}
    assert started.request("PUT", "/api/display", json=size).status_code == 200

    (data / "name").write_text("the second")
    assert started.request("POST", "/api/app/restart").status_code == 204
    until(lambda: started.service("application")["pid"] not in (None, first), 60, "the next one")
    until(lambda: window_tree(started.environment()).count("the second") == 2, 60, "its windows")
    # It says so after its windows are there.
    until(lambda: (data / "size").read_text() == "900x640", 60, "the size as it was")
    assert "the first" not in window_tree(started.environment())
    assert said(started, "xhost").splitlines() == [
        "access control enabled, only authorized clients can connect"
    ]
    assert not said(started, "xhost", XAUTHORITY=str(data / "cookie"))
    assert "XTerm*first" not in said(started, "xrdb", "-query")
    mapping = "from Xlib.display import Display; print(Display().get_pointer_mapping()[0])"
    assert said(started, sys.executable, "-c", mapping) == "1\n"


def test_what_a_locked_program_has_started_ends_before_the_next_one(
    daemon: Callable[..., Daemon], folder: Path
) -> None:
    data, program = folder / "data", folder / "program.py"
    data.mkdir()
    program.write_text(STARTS_ONE)
    app = f"{sys.executable} {program} {data / 'pid'}"
    started = daemon(app=app, lockdown=True, files_root=data, display="xvfb", kiosk=True)
    first = int(until(lambda: (data / "pid").exists() and (data / "pid").read_text(), 60, "a pid"))
    (data / "pid").unlink()
    assert started.request("POST", "/api/app/restart").status_code == 204
    until((data / "pid").exists, 60, "the next one")
    assert start_time(first) is None
