"""What is to be pasted outlives the X server and the daemon."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from desktopd.geometry import Size
from desktopd.x11.selections import kept_content
from desktopd.x11.selections.clipboard import Clipboard
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.images import PngImage
from tests.daemon import Daemon, until
from tests.x11.conftest import Connect, Server
from tests.x11.selecting import copy, paste

UNICODE = "grün 細胞 🔬\n"
# Noise, which PNG does not make smaller: more than one piece.
PICTURE = Image.frombytes("RGB", (400, 300), os.urandom(400 * 300 * 3))


def png() -> PngImage:
    file = BytesIO()
    PICTURE.save(file, "PNG")
    return PngImage(file.getvalue(), Size(*PICTURE.size))


def pasted(desktop: Daemon) -> str:
    """What a program on the desktop gets."""
    command = ["xclip", "-out", "-selection", "clipboard"]
    done = subprocess.run(
        command, env=desktop.environment(), capture_output=True, check=False, timeout=20
    )
    return done.stdout.decode()


def kept(desktop: Daemon) -> bool:
    """Whether all of it has been written."""
    command = ["xprop", "-root", kept_content.PROPERTY]
    told = subprocess.run(command, env=desktop.environment(), capture_output=True, check=True)
    return b"UTF8_STRING" in told.stdout


async def test_every_form_is_kept_until_it_is_taken(server: Server, connect: Connect) -> None:
    connection = await connect(server)
    content = Content(UNICODE, "<b>fett</b>", png(), ("file:///data/a%20b.tif",))
    await kept_content.keep(connection, content)
    assert await kept_content.take_kept(connection) == content
    assert await kept_content.take_kept(connection) == Content()
    await kept_content.keep(connection, content)
    await kept_content.keep(connection, Content("short"))
    assert await kept_content.take_kept(connection) == Content("short")


async def test_what_was_not_written_whole_is_not_taken(server: Server, connect: Connect) -> None:
    connection = await connect(server)
    await kept_content.keep(connection, Content(UNICODE))
    await kept_content.forget(connection)
    assert await kept_content.take_kept(connection) == Content()


async def test_nothing_is_kept_of_what_another_program_owns(
    server: Server, clipboard: Clipboard, connect: Connect, eventually: Callable[..., object]
) -> None:
    await clipboard.set("ours")
    copy(server, "theirs")
    await eventually(lambda: clipboard.text, "theirs")  # type: ignore[misc]
    assert await kept_content.take_kept(await connect(server)) == Content()
    assert await paste(server) == "theirs"


@pytest.mark.parametrize("killed", ["daemon", "display"])
def test_a_clipboard_that_the_daemon_owns_outlives(
    daemon: Callable[..., Daemon], killed: str
) -> None:
    desktop = daemon(app="xterm", display="xvfb")
    desktop.ready()
    before = desktop.request("PUT", "/api/clipboard", content=UNICODE).headers["etag"]
    until(lambda: pasted(desktop) == UNICODE, 30, "a clipboard")
    until(lambda: kept(desktop), 30, "a clipboard that is kept")
    if killed == "daemon":
        desktop.kill()
        desktop.start()
    else:
        os.kill(desktop.pid("display"), signal.SIGKILL)
        until(lambda: desktop.service("display")["restarts"] == 1, 30, "another display")
    desktop.ready()
    answer = desktop.request("GET", "/api/clipboard")
    assert answer.text == UNICODE
    assert pasted(desktop) == UNICODE
    if killed == "display":
        assert answer.headers["etag"] == before, "nobody is told of another copy"
