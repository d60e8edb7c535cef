"""The X server of a locked desktop: whoever has its cookie has it read nothing of others."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktopd.confinement.landlock import abi, lacking
from desktopd.session.backends.table import BACKENDS
from tests.daemon import Daemon, until

pytestmark = pytest.mark.skipif(not abi(), reason="this kernel has no Landlock")

FONT = """\
STARTFONT 2.1
FONT uploaded
SIZE 8 75 75
FONTBOUNDINGBOX 8 1 0 0
STARTPROPERTIES 2
FONT_ASCENT 1
FONT_DESCENT 0
ENDPROPERTIES
CHARS 1
STARTCHAR A
ENCODING 65
SWIDTH 1000 0
DWIDTH 8 0
BBX 8 1 0 0
BITMAP
FF
ENDCHAR
ENDFONT
"""


def put_font(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "a.bdf").write_text(FONT)
    (folder / "fonts.dir").write_text("1\na.bdf uploaded\n")
    return folder


@pytest.fixture
def shared_memory() -> Iterator[Path]:
    """A folder where programs of a locked desktop write, and where its X server could read."""
    made = Path(tempfile.mkdtemp(prefix="dd-", dir="/dev/shm"))
    yield made
    shutil.rmtree(made)


def on_display(desktop: Daemon, *words: str | Path) -> str:
    """What a program with the cookie says, and the X server to it."""
    display = desktop.session()["display"]
    cookie = {"DISPLAY": display["name"], "XAUTHORITY": display["xauthority"]}
    done = subprocess.run(
        words, env={**os.environ, **cookie}, capture_output=True, text=True, check=False, timeout=20
    )
    return done.stdout + done.stderr


def takes_fonts(desktop: Daemon, folder: Path) -> bool:
    said = on_display(desktop, "xset", "fp=", folder)
    listed = on_display(desktop, "xlsfonts", "-ll", "-fn", "uploaded")
    on_display(desktop, "xset", "fp", "default")
    assert bool(said) == ("unmatched" in listed), (said, listed)
    return not said


def display_pid(desktop: Daemon) -> int:
    """The X server's process, once it is there again."""
    until(lambda: desktop.session()["display"], 30, "a display")
    return int(desktop.service("display")["pid"])


def resize(desktop: Daemon, width: int, height: int) -> None:
    asked = {"width": width, "height": height}
    answer = desktop.request("PUT", "/api/display", json=asked)
    assert answer.json().items() >= asked.items(), answer.text


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_locked_x_server_reads_no_fonts_but_those_of_the_system(
    daemon: Callable[..., Daemon], folder: Path, shared_memory: Path, backend: str
) -> None:
    places = [put_font(folder / "data"), put_font(folder / "elsewhere"), put_font(shared_memory)]
    desktop = daemon(app="sleep 1000", display=backend, lockdown=True, files_root=folder / "data")
    first = display_pid(desktop)
    assert not [place for place in places if takes_fonts(desktop, place)]
    # What it needs itself it has: a compiler of keyboards, its modes.
    assert on_display(desktop, "setxkbmap", "de") == ""
    assert "de" in on_display(desktop, "setxkbmap", "-query").split()
    resize(desktop, 800, 600)

    before = until(lambda: desktop.service("application")["pid"], 60, "the application")
    os.kill(first, signal.SIGKILL)
    until(lambda: desktop.service("display")["pid"] not in (None, first), 30, "another X server")
    second = display_pid(desktop)
    assert not takes_fonts(desktop, places[0])
    # The next daemon begins on a new one where no application is there to go on.
    until(lambda: desktop.service("application")["pid"] not in (None, before), 60, "another one")

    desktop.process.kill()
    desktop.process.wait()
    desktop.start()
    assert display_pid(desktop) == second
    resize(desktop, 1000, 700)
    assert not takes_fonts(desktop, places[0])


@pytest.mark.skipif(lacking(abi()) != "", reason="this kernel does not keep all of it")
@pytest.mark.skipif(not shutil.which("vncconfig"), reason="no vncconfig (tigervnc-common)")
def test_a_locked_xvnc_calls_no_viewer(daemon: Callable[..., Daemon], folder: Path) -> None:
    (folder / "data").mkdir()
    desktop = daemon(app="sleep 1000", display="xvnc", lockdown=True, files_root=folder / "data")
    display_pid(desktop)
    with socket.create_server(("127.0.0.1", 0)) as viewer:
        address = f"127.0.0.1::{viewer.getsockname()[1]}"
        assert "failed" in on_display(desktop, "vncconfig", "-connect", address)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_x_server_that_is_not_locked_reads_what_its_user_may(
    daemon: Callable[..., Daemon], folder: Path, backend: str
) -> None:
    desktop = daemon(app="sleep 1000", display=backend)
    display_pid(desktop)
    assert takes_fonts(desktop, put_font(folder / "data"))
