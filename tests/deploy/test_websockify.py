"""Unmodified noVNC, served and bridged by a stock websockify, in a real Chromium."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext

from desktopd.geometry import Size
from tests.bench.stacks import novnc_page
from tests.chromium import Picture, pixels, save
from tests.daemon import ROOT, Daemon, until
from tests.deploy.conftest import SCRIPTS
from tests.deploy.film import AREA
from tests.deploy.front import Program, free_port
from tests.x11.native import photograph

DECODED = """
  window.decoded = 0;
  const { decode } = VideoDecoder.prototype;
  VideoDecoder.prototype.decode = function (chunk) {
    window.decoded += 1;
    decode.call(this, chunk);
  };
"""


@pytest.fixture
def film(daemon: Callable[..., Daemon], folder: Path) -> Iterator[Path]:
    """A desktop on which something keeps moving; its unix socket for viewers."""
    socket = folder / "viewers.sock"
    desktop = daemon(app="xterm", display="xvfb", size="1280x720", rfb="native", rfb_socket=socket)
    desktop.ready()
    show = [sys.executable, "-m", "tests.deploy.film"]
    process = subprocess.Popen(show, cwd=ROOT, env=desktop.environment())
    yield socket
    process.kill()
    process.wait()


def error(picture: Picture) -> float:
    """By how much the colours that are the same in every photograph differ, 0 to 255."""
    seen = picture[AREA.y : AREA.bottom, AREA.x : AREA.right].astype(int)
    real = photograph(Size(AREA.width, AREA.height), 0)
    expected = np.stack([real >> 8 & 0xFF, real & 0xFF], axis=-1).astype(int)
    # Without the two squares that tell the number.
    return float(np.abs(seen[:, :, 1:] - expected)[40:-40].mean())


@pytest.fixture
def novnc(film: Path, folder: Path) -> Iterator[str]:
    """The address of noVNC's page."""
    port = free_port()
    argv = [str(SCRIPTS / "websockify"), f"--web={novnc_page(folder)}", f"127.0.0.1:{port}"]
    bridge = Program([*argv, f"--unix-target={film}"], port, folder)
    yield f"http://127.0.0.1:{port}/page.html"
    bridge.stop()


def test_novnc_shows_what_moves_as_it_is(novnc: str, context: BrowserContext) -> None:
    context.add_init_script(DECODED)
    page = context.new_page()
    page.goto(novnc)
    until(lambda: page.evaluate("window.decoded") > 60, 30, "video")
    pictures = [pixels(page.screenshot()) for _ in range(12)]
    save(pictures[-1], "novnc-websockify")
    assert max(error(picture) for picture in pictures) < 12
