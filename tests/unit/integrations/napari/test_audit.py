"""What a locked napari's Python may do, in processes of their own: a hook stays for good."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BEGIN = """
import asyncio, os, pickle, socket, subprocess, sys, tempfile
from pathlib import Path
from desktopd.integrations.napari.lockdown.audit import Audit
from desktopd.integrations.napari.lockdown.inside import Inside
place = Path(sys.argv[1])
sys.path.append(str(place / "code"))
sys.addaudithook(Audit(Inside([place / "data"], sys.argv[2:]), [place / "own"]))
"""
REFUSED = "PermissionError"


def tried(folder: Path, code: str, *hosts: str) -> str:
    """The last line that a Python says which tries `code` behind the hook."""
    for name in ("data", "own", "settings", "other", "tmp", "home/.cache", "home/pictures"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in ("data/a", "own/a", "settings/a", "other/a", "home/.cache/a", "home/pictures/a"):
        (folder / name).write_text("x")
    environment = {
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "XDG_CONFIG_HOME": str(folder / "settings"),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    done = subprocess.run(
        [sys.executable, "-c", f"{BEGIN}\n{code}\nprint('done')", str(folder), *hosts],
        capture_output=True,
        text=True,
        env=environment,
    )
    return (done.stdout + done.stderr).strip().splitlines()[-1]


@pytest.mark.parametrize(
    "code",
    [
        "subprocess.run(['true'])",
        "os.system('true')",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "pickle.loads(b'cposix\\nsystem\\n.')",
    ],
)
def test_no_program_runs(folder: Path, code: str) -> None:
    assert tried(folder, code).startswith(REFUSED)


@pytest.mark.parametrize("name", ["data/a", "own/a", "settings/a"])
def test_files_of_ours_are_opened(folder: Path, name: str) -> None:
    assert tried(folder, f"open(place / {name!r}).read(); open(place / {name!r}, 'w')") == "done"


@pytest.mark.parametrize("name", ["other/a", "data/../other/a", "home/pictures/a", "home/.x/../a"])
@pytest.mark.parametrize("how", ["open({}, 'rb')", "os.open({}, os.O_RDONLY)", "open({}, 'w')"])
def test_files_elsewhere_are_not(folder: Path, name: str, how: str) -> None:
    assert tried(folder, how.format(f"place / {name!r}")).startswith(REFUSED)


@pytest.mark.parametrize("name", ["home/.bashrc", "home/.ssh/keys", "code/a.py"])
def test_what_programs_are_made_of_is_read_and_not_written(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("x")
    assert tried(folder, f"open(place / {name!r}).read()") == "done"
    for mode in ("w", "a", "r+"):
        assert tried(folder, f"open(place / {name!r}, {mode!r})").startswith(REFUSED)


def test_what_a_program_needs_goes_on(folder: Path) -> None:
    code = "import wave, json, tifffile; open('/etc/hosts').read(); open(0, closefd=False)"
    code += "\nwith tempfile.TemporaryDirectory() as d: Path(d, 'x').write_text('')"
    code += "\nassert pickle.loads(pickle.dumps([1, 'a', {}])) == [1, 'a', {}]"
    assert tried(folder, code) == "done"


def test_programs_load_what_they_have_kept(folder: Path) -> None:
    code = (
        "kept = pickle.dumps(Path('x'))\nexec('pickle.loads(kept)', {**globals(), '__name__': %r})"
    )
    assert tried(folder, code % "numba.core.caching") == "done"
    assert tried(folder, code % "reader").startswith(REFUSED)


@pytest.mark.parametrize(
    ("code", "hosts", "allowed"),
    [
        ("socket.getaddrinfo('127.0.0.1', 1)", ["127.0.0.1"], True),
        ("socket.getaddrinfo('127.0.0.1', 1)", ["example.org"], False),
        ("socket.getaddrinfo('127.0.0.1', 1)", [], False),
        ("socket.gethostbyname('127.0.0.1')", ["example.org"], False),
        ("socket.socket().connect(('127.0.0.1', 1))", [], False),
        ("socket.socket().connect(('127.0.0.1', 1))", ["example.org"], False),
        ("socket.socket().connect(('', 1))", ["example.org"], False),
        ("socket.socket().connect((b'localhost', 1))", ["example.org"], False),
        ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 1))", ["x.org"], False),
        ("asyncio.run(asyncio.open_connection('127.0.0.1', 1))", ["example.org"], False),
        ("asyncio.run(asyncio.open_connection('127.0.0.1', 1))", ["127.0.0.1"], True),
        ("asyncio.run(asyncio.open_connection('localhost', 1))", ["localhost"], True),
        ("socket.create_connection(('localhost', 1))", ["localhost"], True),
        ("socket.getaddrinfo(None, 1); socket.create_connection(('::1', 1))", ["x.org"], False),
    ],
)
def test_only_hosts_that_may_be_opened_are_reached(
    folder: Path, code: str, hosts: list[str], allowed: bool
) -> None:
    assert tried(folder, code, *hosts).startswith(REFUSED) is not allowed
