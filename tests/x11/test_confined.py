"""An application other than napari on a locked desktop: the kernel keeps it in its folders too."""

from __future__ import annotations

import ctypes
import errno
import json
import struct
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktopd.confinement.landlock import CREATE_RULESET, abi
from tests.daemon import Daemon, until

PROGRAM = Path(__file__).parent / "confined_qt.py"


@pytest.mark.skipif(not abi(), reason="this kernel has no Landlock")
def test_any_application_has_its_users_files_alone(
    daemon: Callable[..., Daemon], folder: Path
) -> None:
    data, secret = folder / "data", folder / "secret"
    data.mkdir()
    (data / "picture").write_text("x")
    secret.write_text("x")
    run = folder / "0" / "run"
    tried = (data / "picture", secret, run / "token", run / "state.json", Path("/etc/hosts"))
    (data / "tries").write_text("\n".join(map(str, tried)))
    words = (sys.executable, PROGRAM, data / "told", data / "tries")
    started = daemon(
        app=" ".join(map(str, words)), lockdown=True, files_root=data, display="xvfb", kiosk=True
    )
    until((data / "told").exists, 60, "its words")
    told = json.loads((data / "told").read_text())
    assert [told[str(path)] for path in tried] == [
        "",
        *("PermissionError", "PermissionError", "PermissionError"),
        "",
    ]
    assert told["temporary"] == str(run / "tmp")
    assert told["bus"] == "disabled:"
    session = started.session()
    assert session["landlock"] == abi()
    assert "bus" not in {service["name"] for service in session["services"]}
    started.stop()
    assert not (run / "tmp").exists()


VIEWER = """
import sys
from pathlib import Path
shown = Path(sys.argv[1])
try:
    said = Path(shown.with_name("wanted").read_text()).read_text()
except OSError as error:
    said = type(error).__name__
shown.with_name("new").write_text(said)
shown.with_name("new").rename(shown.with_name(f"{shown.name} told"))
"""


@pytest.mark.skipif(not abi(), reason="this kernel has no Landlock")
def test_a_file_that_is_opened_says_of_no_other_that_it_is_code(
    daemon: Callable[..., Daemon], folder: Path
) -> None:
    data, viewer, token = folder / "data", folder / "viewer.py", folder / "0/run/token"
    data.mkdir()
    viewer.write_text(VIEWER)
    (data / "wanted").write_text(str(token))
    (data / "picture").write_text(f"#!{token}\n")
    started = daemon(
        app=f"{sys.executable} -c 'import time; time.sleep(600)'",
        app_open=f"{sys.executable} {viewer} {{path}}",
        lockdown=True,
        files_root=data,
        display="xvfb",
    )
    until(lambda: started.service("application")["pid"], 60, "an application")
    answer = started.request("POST", "/api/app/open", json={"path": "picture"})
    assert answer.status_code == 200
    until((data / "picture told").exists, 60, "what its program reads")
    assert (data / "picture told").read_text() == "PermissionError"


def without_landlock() -> None:
    """Have this thread, and what it starts, on a kernel that was built without it."""
    filter_ = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (0x20, 0, 0, 0),  # the number of the system call
            (0x15, 0, 1, CREATE_RULESET),
            (0x06, 0, 0, 0x00050000 | errno.ENOSYS),
            (0x06, 0, 0, 0x7FFF0000),
        )
    )
    instructions = ctypes.create_string_buffer(filter_)
    program = struct.pack("HP", len(filter_) // 8, ctypes.addressof(instructions))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, program, 0, 0) == 0


def test_without_landlock_a_locked_desktop_starts_and_says_so(
    daemon: Callable[..., Daemon], folder: Path
) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "tries").write_text("/etc/hosts")
    words = (sys.executable, PROGRAM, folder / "data/told", folder / "data/tries")
    app = " ".join(map(str, words))
    with ThreadPoolExecutor(1, initializer=without_landlock) as thread:
        started = thread.submit(
            lambda: daemon(app=app, lockdown=True, files_root=folder / "data", display="xvfb")
        ).result()
    until((folder / "data" / "told").exists, 60, "its words")
    assert started.session()["landlock"] == 0
    assert (
        "WARNING desktopd: lockdown: there is no Landlock in this kernel" in started.log.read_text()
    )
