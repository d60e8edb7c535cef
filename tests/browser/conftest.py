"""A page that shows what a test sends to it, and a napari with its companion."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import tifffile
from PIL import Image
from playwright.sync_api import Browser, BrowserContext

from desktopd.rfb.protocol.client_messages import FramebufferUpdateRequest
from tests.browser.napari_desktop import Napari, running
from tests.browser.peer import H264, Peer, peer, tight_fill
from tests.browser.video import Pixels
from tests.chromium import FLAGS, Tab
from tests.daemon import short_folder, until

OpenTab = Callable[[str], Tab]
WIDTH, HEIGHT = 640, 352
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
COLOURS = [RED, GREEN, BLUE, (255, 255, 255), (0, 0, 0), (200, 120, 40), (30, 90, 160)]


@pytest.fixture
def server() -> Iterator[Peer]:
    with peer(WIDTH, HEIGHT) as one:
        yield one


@pytest.fixture
def insecure(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser for which desktop.test is this machine, and no secure address."""
    browser = chromium.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=[*FLAGS, "--host-resolver-rules=MAP desktop.test 127.0.0.1"],
    )
    yield browser.new_context(viewport={"width": 1280, "height": 720})
    browser.close()


@pytest.fixture
def page(server: Peer, tab: OpenTab) -> Tab:
    return visit(server, tab)


def visit(server: Peer, tab: OpenTab) -> Tab:
    """Open the page and show it a black desktop."""
    opened = tab(server.page + "?resize=off&bar=0")
    until(server.wanted, 20, "a viewer")
    server.update(tight_fill(0, 0, WIDTH, HEIGHT, (0, 0, 0)))
    opened.shows(link="connected")
    until(lambda: H264 in server.wanted(), 20, "a viewer with a video decoder")
    return opened


def drawn(page: Tab) -> Pixels:
    """The pixels on the page's canvas."""
    numbers = page.page.evaluate(
        """() => {
          const canvas = document.querySelector('#desktop canvas');
          const { width, height } = canvas;
          const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
          return [width, height, btoa(Array.from(data, (b) => String.fromCharCode(b)).join(''))];
        }"""
    )
    rgba = np.frombuffer(base64.b64decode(numbers[2]), np.uint8)
    return rgba.reshape(numbers[1], numbers[0], 4)[:, :, :3]


def jpeg(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()


def near(pixels: Pixels, rgb: tuple[int, int, int], tolerance: int = 3) -> bool:
    return bool(np.abs(pixels.astype(int) - rgb).max() <= tolerance)


def refreshes(server: Peer) -> list[FramebufferUpdateRequest]:
    """What the viewer has asked to be sent again; the first request of all is the handshake's.

    One pixel is asked for as a sign of life.
    """
    asked = [m for m in server.heard if isinstance(m, FramebufferUpdateRequest)]
    return [m for m in asked[1:] if not m.incremental and (m.width, m.height) != (1, 1)]


@pytest.fixture(scope="module")
def started() -> Iterator[Napari]:
    """A napari for all tests of a file."""
    with short_folder() as samples:
        for name in ("cells", "more"):
            plane = np.zeros((64, 64), np.uint8)
            tifffile.imwrite(samples / f"{name}.tif", plane, photometric="minisblack")
        settings = {"open_hosts": "127.0.0.1", "samples": samples}
        with running("napari {data}/cells.tif", **settings) as napari:
            yield napari


@pytest.fixture
def napari(started: Napari) -> Napari:
    """A napari that shows one image, as at its start."""
    started.ready()
    started.run("v.dims.ndisplay = 2\nv.layers.clear()\n")
    started.open("cells.tif")
    return started
