"""Rectangles of WebP, as each engine draws them: exactly the server's pixels."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Browser

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.pixels import rgb
from desktopd.rfb.encoders.webp import WebpEncoder
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE
from tests.browser.peer import Peer
from tests.daemon import short_folder, until
from tests.engines import ENGINES, window
from tests.x11.conftest import running

AREA = Rectangle(16, 8, 256, 64)
CONTEXT = "document.querySelector('#desktop canvas').getContext('2d')"
PIXELS = f"[...{CONTEXT}.getImageData({AREA.x}, {AREA.y}, {AREA.width}, {AREA.height}).data]"


@pytest.mark.parametrize("engine", ENGINES)
def test_the_pixels_of_a_file_are_the_servers(server: Peer, chromium: Browser, engine: str) -> None:
    y, x = np.mgrid[: AREA.height, : AREA.width]
    spread = np.random.default_rng(1).integers(0, 9, x.shape)
    pixels = (x << 16 | (y * 3) << 8 | (x + y) // 2 + spread).astype(np.uint32)
    made = WebpEncoder().encode(AREA, pixels, NATIVE, 2)
    assert made.data[8:12] == Encoding.WEBP.to_bytes(4, "big")
    with (
        running("xvfb", Size(1280, 800)) as screen,
        short_folder() as folder,
        window(engine, screen, folder / engine, chromium) as opened,
    ):
        opened.visit(server.page + "?resize=off&bar=0")
        until(lambda: Encoding.WEBP in server.wanted(), 60, "a viewer that lists WebP")
        server.update(made.data)
        server.settle(b"drawn")
        seen = np.array(opened.evaluate(PIXELS), np.uint8).reshape(*pixels.shape, 4)
    assert np.array_equal(seen[..., :3], rgb(pixels))
