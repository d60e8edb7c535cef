"""Pictures between a desktop and the clipboard of a user with Firefox, which asks for a key."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np

from desktopd.geometry import Size
from tests.browser.test_clipboard import noise, png
from tests.chromium import Picture, pixels
from tests.daemon import Daemon, until
from tests.firefox import firefox
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
