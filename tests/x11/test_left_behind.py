"""What a program has left in the X server, when another takes its place on a locked desktop."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.daemon import Daemon, until
from tests.window_tree import window_tree

PROGRAM = """
import sys, time
from pathlib import Path
from Xlib import X, display
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
left.sync()
while True:
    time.sleep(1)
"""


def access(started: Daemon) -> list[str]:
    """Who comes in without a cookie, in the words of xhost."""
    told = subprocess.run(
        ["xhost"], env=started.environment(), capture_output=True, text=True, check=True
    )
    return told.stdout.splitlines()


def test_nothing_of_a_locked_program_is_left_to_the_next_one(
    daemon: Callable[..., Daemon], folder: Path
) -> None:
    data, program = folder / "data", folder / "program.py"
    data.mkdir()
    program.write_text(PROGRAM)
    (data / "name").write_text("the first")
    app = f"{sys.executable} {program} {data / 'name'}"
    started = daemon(app=app, lockdown=True, files_root=data, display="xvfb", kiosk=True)
    until(lambda: started.session()["display"], 60, "a display")
    environment = started.environment()
    until(lambda: window_tree(environment).count("the first") == 2, 60, "its windows")
    until(lambda: "SI:localuser:nobody" in access(started), 60, "an open door")
    assert "disabled" in access(started)[0]
    (data / "name").write_text("the second")
    assert started.request("POST", "/api/app/restart").status_code == 204
    until(lambda: window_tree(environment).count("the second") == 2, 60, "the next one")
    assert "the first" not in window_tree(environment)
    assert len(access(started)) == 1
    assert "enabled" in access(started)[0]
