"""Pictures and text between a desktop and the clipboard of a user with Firefox, by keys."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from desktopd.geometry import Size
from tests.browser.test_clipboard import noise, png
from tests.browser.test_paste import LONG, SHORT, Editor
from tests.chromium import Picture, pixels
from tests.daemon import Daemon, until
from tests.firefox import INSECURE, firefox
from tests.x11.conftest import running

XCLIP = ("xclip", "-selection", "clipboard", "-target", "image/png")
Environment = dict[str, str]


def copy(environment: Environment, picture: Picture) -> None:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(XCLIP, input=png(picture), env=environment, check=True, timeout=20, **quiet)


def has(environment: Environment, picture: Picture) -> bool:
    """Whether a program that pastes there gets the same pixels."""
    told = subprocess.run(
        [*XCLIP, "-out"], env=environment, capture_output=True, check=False, timeout=20
    )
    return told.returncode == 0 and np.array_equal(pixels(told.stdout), picture)


def test_pictures_go_both_ways_by_keys(daemon: Callable[..., Daemon], folder: Path) -> None:
    desktop = daemon(app="xterm", display="xvfb", size="1280x720")
    desktop.ready()
    there = desktop.environment()
    with running("xvfb", Size(1300, 900)) as server:
        here = server.environment
        server.start("openbox", "--sm-disable")

        def given(key: str, environment: Environment, picture: Picture) -> bool:
            """Whether a key has brought a picture within a second."""
            server.run("xdotool", "key", key)
            return any(has(environment, picture) for _ in range(10))

        copy(here, noise(1))
        with firefox(server, folder / "profile", desktop.page):
            until(lambda: desktop.session()["viewers"], 60, "a viewer in Firefox")
            server.run("xdotool", "mousemove", "640", "600", "click", "1")
            until(lambda: given("ctrl+v", there, noise(1)), 30, "a paste on the desktop")
            copy(there, noise(2))
            until(lambda: given("a", here, noise(2)), 30, "a copy in Firefox")
            assert has(there, noise(2))
            copy(here, noise(3))
            until(lambda: given("ctrl+v", there, noise(3)), 30, "a paste of what is newer")


def put(environment: Environment, text: str) -> None:
    """Copy a text there."""
    xclip = ["xclip", "-selection", "clipboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(xclip, input=text.encode(), env=environment, check=True, timeout=20, **quiet)


def text_of(environment: Environment) -> str:
    """What a program that pastes there gets."""
    xclip = ["xclip", "-selection", "clipboard", "-out", "-target", "UTF8_STRING"]
    told = subprocess.run(xclip, env=environment, capture_output=True, check=False, timeout=20)
    return told.stdout.decode()


@pytest.mark.parametrize("address", ["127.0.0.1", INSECURE])
def test_texts_go_both_ways_by_keys(folder: Path, address: str) -> None:
    (folder / "editor").mkdir()
    editor = Editor(folder / "editor", sys.executable, "text_edit.py")
    page = editor.daemon.page.replace("127.0.0.1", address)
    there = editor.daemon.environment()
    with running("xvfb", Size(1300, 900)) as server:
        here = server.environment
        server.start("openbox", "--sm-disable")
        with firefox(server, folder / "profile", page):
            until(lambda: editor.daemon.session()["viewers"], 60, "a viewer in Firefox")
            server.run("xdotool", "mousemove", "640", "600", "click", "1")

            def takes_keys() -> bool:
                server.run("xdotool", "key", "a")
                return editor.text() != ""

            until(takes_keys, 30, "a key in the editor")
            for text in (SHORT, LONG):
                server.run("xdotool", "key", "ctrl+a", "Delete")
                editor.shows("")
                put(here, text)
                server.run("xdotool", "key", "ctrl+v")
                editor.shows(text)
                server.run("xdotool", "key", "ctrl+Home", "x", "ctrl+a", "ctrl+c")
                until(lambda: text_of(there) == "x" + text, 30, "a copy in the program")  # noqa: B023
                server.run("xdotool", "key", "Right")
                until(lambda: text_of(here) == "x" + text, 30, "the copy in Firefox")  # noqa: B023
    editor.daemon.stop()
